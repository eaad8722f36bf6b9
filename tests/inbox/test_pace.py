"""A channel's rate holds over all processes, and a slow provider's word reaches all of them."""

import asyncio
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import aiohttp
import pytest

from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.lines import Lines
from inbox.model.secrets import Vault
from inbox.pace import Pace, shared_pace
from inbox.store import Store
from tests.parley import until

RATE = 100


async def times(pace: Pace, count: int) -> list[float]:
    """When each of so many that come at once was let through."""
    clock = asyncio.get_running_loop().time

    async def one() -> float:
        await pace.wait()
        return clock()

    return await asyncio.gather(*(one() for _ in range(count)))


def a_counted_pace() -> tuple[Pace, list[int]]:
    """A pace in a line where nobody else stands, and how many places it asked for each time."""
    asked: list[int] = []

    async def reserve(count: int, gap: timedelta, earliest: datetime) -> datetime:
        asked.append(count)
        return earliest

    return Pace(RATE, now, reserve), asked


async def test_two_processes_together_keep_the_rate(store: Store) -> None:
    one, other = (shared_pace("line", RATE, store, now) for _ in range(2))
    began = asyncio.get_running_loop().time()  # not when the first was through: it may be woken late
    through = await asyncio.gather(times(one, 40), times(other, 40))
    assert max(chain(*through)) - began > 79 / RATE - 0.05, "not 80 in the time of 40"


async def test_they_share_it_also_when_one_comes_late(store: Store) -> None:
    one, other = (shared_pace("line", RATE, store, now) for _ in range(2))
    early = asyncio.create_task(times(one, 200))
    await asyncio.sleep(0.1)
    late = await times(other, 10)
    assert not early.done(), "the late one does not wait for all that came before it"
    assert max(late) < max(await early)


async def test_who_is_told_to_wait_tells_the_others(store: Store) -> None:
    one, other = (shared_pace("line", RATE, store, now) for _ in range(2))
    one.hold(0.6)
    assert one.due_in() > 0.5
    began = asyncio.get_running_loop().time()
    held = asyncio.create_task(times(one, 1))
    await asyncio.sleep(0.1)
    assert min(await times(other, 1)) - began > 0.55
    assert min(await held) - began > 0.55


async def test_a_place_that_was_foreseen_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.pace._AHEAD", 60.0)  # this machine may stand still for a while
    pace, asked = a_counted_pace()
    pace.foresee()
    pace.foresee()
    await until(lambda: asked)
    await pace.wait()
    assert asked == [1]
    await pace.wait()
    assert asked == [1, 1]


async def test_a_place_that_nobody_came_for_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.pace._AHEAD", 0.0)
    pace, asked = a_counted_pace()
    pace.foresee()
    await until(lambda: asked)
    await asyncio.sleep(0.05)
    await pace.wait()
    assert asked == [1, 1]


async def test_a_process_without_a_store_keeps_its_own_pace(store: Store, mongodb: str) -> None:
    gone = await Store.open(mongodb, store._database.name)
    gone.close()
    began = asyncio.get_running_loop().time()
    through = await times(shared_pace("line", RATE, gone, now), 3)
    assert max(through) - began > 1.5 / RATE


async def test_an_account_that_no_channel_has_is_asked_for_once_in_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.lines._ACCOUNTS", 20)
    vault = Vault("a secret key that is long enough for tests")
    given = {"phone_number_id": "1", "access_token": "x", "app_secret": "x", "verify_token": "x"}
    await add_channel("whatsapp", "ours", settings=given, store=store, vault=vault, clock=now)
    asked: list[Any] = []
    ask = store.channels.list
    store.channels.list = lambda *a, **k: (asked.append(a), ask(*a, **k))[1]  # type: ignore[method-assign]
    async with aiohttp.ClientSession() as http:
        lines = Lines(store, vault, http, now)
        for _ in range(50):
            assert await lines.for_account("whatsapp", "unknown") is None
            line = await lines.for_account("whatsapp", "1")
            assert line is not None
            assert line.channel.id == "ours"
        assert len(asked) == 2
        for number in range(30):
            await lines.for_account("whatsapp", f"strange {number}")
        assert len(lines._serving) <= 20, "whoever names odd accounts fills no memory"
