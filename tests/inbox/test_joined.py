"""One question for many who ask at the same time."""

import asyncio

import pytest

from inbox.joined import Joined


class Oracle:
    """Answers with the length of each key, when the test lets it."""

    def __init__(self, **how: int) -> None:
        self.questions: list[list[str]] = []
        self.may_answer = asyncio.Event()
        self.fails_with: BaseException | None = None
        self.joined = Joined(self._answer, **how)

    async def _answer(self, keys: list[str]) -> list[int]:
        self.questions.append(keys)
        await self.may_answer.wait()
        if self.fails_with:
            raise self.fails_with
        return [len(key) for key in keys]

    async def asked(self, *keys: str) -> list[asyncio.Task[int]]:
        tasks = [asyncio.create_task(self.joined.ask(key)) for key in keys]
        for _ in range(3):
            await asyncio.sleep(0)
        return tasks


async def test_who_asks_meanwhile_is_asked_for_together() -> None:
    oracle = Oracle()
    tasks = await oracle.asked("a") + await oracle.asked("bb", "ccc")
    oracle.may_answer.set()
    assert await asyncio.gather(*tasks) == [1, 2, 3]
    assert oracle.questions == [["a"], ["bb", "ccc"]]


async def test_no_question_is_longer_than_it_may_be() -> None:
    oracle = Oracle(most=2)
    tasks = await oracle.asked("a") + await oracle.asked("b", "c", "d")
    oracle.may_answer.set()
    await asyncio.gather(*tasks)
    assert oracle.questions == [["a"], ["b", "c"], ["d"]]


async def test_a_failure_is_told_to_all_who_asked_and_the_next_are_answered() -> None:
    oracle = Oracle()
    oracle.fails_with = ValueError("no")
    first = await oracle.asked("a")
    oracle.may_answer.set()
    with pytest.raises(ValueError, match="no"):
        await first[0]
    oracle.fails_with = None
    assert await oracle.joined.ask("bb") == 2


async def test_for_who_has_gone_nothing_is_asked() -> None:
    oracle = Oracle()
    first = await oracle.asked("a")
    gone, stays = await oracle.asked("b", "c")
    gone.cancel()
    await asyncio.sleep(0)
    oracle.may_answer.set()
    assert await asyncio.gather(*first, stays) == [1, 1]
    assert oracle.questions == [["a"], ["c"]]
