"""One question for many: who asks while a question is under way is asked for with the next one, together.

Whoever asks alone does not wait for company. The more ask at once, the fewer commands the store is given.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Joined(Generic[K, V]):
    """Asks `answer(keys)` for all who wait; the answers are in the keys' order."""

    def __init__(
        self,
        answer: Callable[[list[K]], Awaitable[Sequence[V]]],
        *,
        most: int = 50,
    ) -> None:
        """At most `most` keys in a question.

        One question at a time: with two under way, twice as many commands cost more than was gained by
        working one out while MongoDB answers the other.
        """
        self._answer = answer
        self._most = most
        self._waiting: deque[tuple[K, asyncio.Future[V]]] = deque()
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V:
        """The answer for one key. Raises what `answer` raised."""
        done: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, done))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await done

    async def _ask_for_all(self) -> None:
        while batch := self._take():
            try:
                answers = await self._answer([key for key, _ in batch])
                for (_, done), answer in zip(batch, answers, strict=True):
                    if not done.done():
                        done.set_result(answer)
            except BaseException as error:
                told = error if isinstance(error, Exception) else asyncio.CancelledError()
                for _, done in batch:
                    if not done.done():
                        done.set_exception(told)
                if told is not error:
                    raise

    def _take(self) -> list[tuple[K, asyncio.Future[V]]]:
        """The next question's keys, without those whose asker has gone."""
        taken: list[tuple[K, asyncio.Future[V]]] = []
        while self._waiting and len(taken) < self._most:
            key, done = self._waiting.popleft()
            if not done.done():
                taken.append((key, done))
        return taken
