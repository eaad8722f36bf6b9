"""SIGTERM: gone within ten seconds whatever is under way, and another process goes on at once."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import socketio

from inbox.leases import LEASE
from tests.faults.people import customer, until
from tests.faults.provider import Mood, texts, webhook
from tests.faults.stage import Stage, a_stage
from tests.faults.trial import Blow, Plan, run

pytestmark = pytest.mark.timeout(180)

NUMBER = "15552220000"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path, 1, processes=2, faults=set()) as stage:
        yield stage


async def test_what_a_process_holds_goes_on_elsewhere_at_once(stage: Stage) -> None:
    first, second = stage.applications
    stage.bot.send(signal.SIGSTOP)
    stage.cloud.doors[:] = [first.url]
    second.send(signal.SIGSTOP)  # so that the turn is surely the first one's
    await stage.cloud.knock(webhook(texts(NUMBER, ("wamid.1", "Hi"))))
    assert await until(lambda: _is_held(stage), within=60)
    second.send(signal.SIGCONT)
    leaving = asyncio.create_task(first.stop())
    await asyncio.sleep(3)
    stage.bot.send(signal.SIGCONT)
    since = time.monotonic()
    assert await until(lambda: _has_arrived(stage), within=60)
    assert time.monotonic() - since < LEASE.total_seconds() - 2, "nobody waited for a lease to run out"
    assert await leaving < 10
    assert [taken.text for taken in stage.ledger.taken] == ["You said: Hi"]


async def test_pages_and_sends_and_a_frozen_store_hold_nobody_up(stage: Stage) -> None:
    first, second = stage.applications
    page = socketio.AsyncClient(reconnection=False)
    await page.connect(first.url, headers=stage.agents[0].headers, namespaces=["/agents"], wait_timeout=20)
    stage.cloud.mood = Mood.HANGING
    await stage.cloud.knock(webhook(texts(NUMBER, ("wamid.1", "Hi"))))
    assert await until(lambda: _has_arrived(stage), within=60)
    stage.server.send(signal.SIGSTOP)
    took = await asyncio.gather(first.stop(), second.stop())
    stage.server.send(signal.SIGCONT)
    assert max(took) < 10, took
    await page.disconnect()


async def test_what_came_in_before_the_end_is_answered_honestly(stage: Stage) -> None:
    """A rolling stop under load: whoever was told 200 is in the store, whoever was not comes again."""
    is_over = asyncio.Event()
    writing = [
        asyncio.create_task(
            customer(f"155522200{n:02}", stage.cloud, stage.ledger, is_over, stage.chance, pause=0.02)
        )
        for n in range(8)
    ]
    for application in stage.applications:
        await asyncio.sleep(1)
        assert await application.stop() < 10
        await application.start()
    is_over.set()
    await asyncio.gather(*writing)
    said = sum(len(lines) for lines in stage.ledger.said.values())
    stored = await stage.store._database.messages.count_documents({"direction": "in"})
    assert stored == said > 50


@pytest.mark.parametrize("hanging", ["freeze-bot", "provider-hangs", "freeze-mongodb"])
async def test_who_is_told_to_end_under_load_is_gone_in_time_whatever_hangs(
    hanging: str, tmp_path: Path
) -> None:
    """Nothing is lost by it, and the judge complains of a stop that takes longer than ten seconds."""
    blows = (Blow(1, hanging, 14), Blow(2.5, "stop-application", 1))
    verdict = await run(Plan(7, 18, blows, customers=6), tmp_path / "run")
    assert verdict.complaints == [], "\n".join(verdict.told)
    assert any("graceful stops" in line for line in verdict.told)


async def _is_held(stage: Stage) -> bool:
    return await stage.store.conversations.count({"turn.owner": {"$type": "string"}}) > 0


async def _has_arrived(stage: Stage) -> bool:
    return bool(stage.ledger.taken)
