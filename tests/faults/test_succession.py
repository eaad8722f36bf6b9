"""kill -9: what the dead process had begun is another's within the length of a lease."""

import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.leases import LEASE
from tests.faults.people import until
from tests.faults.provider import Mood, texts, webhook
from tests.faults.stage import Stage, a_stage

pytestmark = pytest.mark.timeout(120)

NUMBER = "15552220000"
SOON = LEASE.total_seconds() + 15
"""A lease, two looks, and what a busy machine adds: well below the wait for a report that never comes."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path, 1, processes=2, faults=set()) as stage:
        yield stage


async def test_a_turn(stage: Stage) -> None:
    first, second = stage.applications
    stage.bot.send(signal.SIGSTOP)
    second.send(signal.SIGSTOP)
    stage.cloud.doors[:] = [first.url]
    await stage.cloud.knock(webhook(texts(NUMBER, ("wamid.1", "Hi"))))
    assert await until(lambda: _is_held(stage, "turn"), within=30)
    await first.kill()
    second.send(signal.SIGCONT)
    stage.bot.send(signal.SIGCONT)
    took = await _until_delivered(stage, 1)
    print(f"the turn of a killed process was answered after {took:.1f} s")
    assert took < SOON
    assert [taken.text for taken in stage.ledger.taken] == ["You said: Hi"]


async def test_a_delivery_that_was_reported(stage: Stage) -> None:
    first, second = stage.applications
    second.send(signal.SIGSTOP)
    stage.cloud.doors[:] = [first.url]
    stage.cloud.mood = Mood.HANGING
    await stage.cloud.knock(webhook(texts(NUMBER, ("wamid.1", "Hi"))))
    await _until_delivered(stage, 1)
    await stage.cloud.knock(webhook(texts(NUMBER, ("wamid.2", "Anybody?"))))
    assert await until(lambda: _is_reported(stage), within=30)
    await first.kill()
    stage.cloud.mood = Mood.WELL
    stage.cloud.doors[:] = [second.url]
    second.send(signal.SIGCONT)
    took = await _until_delivered(stage, 2)
    print(f"what waited behind a killed process's message was sent after {took:.1f} s")
    assert took < SOON
    assert [taken.text for taken in stage.ledger.taken] == ["You said: Hi", "You said: Anybody?"]


async def _until_delivered(stage: Stage, count: int) -> float:
    since = time.monotonic()

    async def is_there() -> bool:
        return len(stage.ledger.taken) >= count

    assert await until(is_there, within=60)
    return time.monotonic() - since


async def _is_held(stage: Stage, work: str) -> bool:
    return await stage.store.conversations.count({f"{work}.owner": {"$type": "string"}}) > 0


async def _is_reported(stage: Stage) -> bool:
    return bool(stage.ledger.reported)
