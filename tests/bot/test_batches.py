"""Batches of questions: whoever asks is answered, also while one model follows the other."""

import asyncio

from engine.batches import Batches


async def asked_after_the_end() -> list[int]:
    batches: Batches[int, int] = Batches(lambda numbers: [2 * n for n in numbers], "twice")
    assert await batches.ask(1) == 2
    batches.close()
    return [await asyncio.wait_for(batches.ask(n), 5) for n in (2, 3)]


def test_a_slow_turn_of_the_former_model_is_answered() -> None:
    assert asyncio.run(asked_after_the_end()) == [4, 6]
