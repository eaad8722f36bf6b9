"""One time for all processes: MongoDB's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.store import Store
from inbox.store.clock import StoreClock

HOUR = timedelta(hours=1)


class Server:
    """A MongoDB whose clock a test sets."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    async def command(self, name: str) -> dict[str, Any]:
        assert name == "hello"
        return {"localTime": (datetime.now(UTC) + self.ahead).replace(tzinfo=None)}


def off(clock: StoreClock) -> float:
    """Seconds that the clock is ahead of our own."""
    return (clock() - datetime.now(UTC)).total_seconds()


async def test_it_is_mongodbs_time_whatever_our_own_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    server.ahead = HOUR
    clock = StoreClock(server)
    await clock.set()
    assert off(clock) == pytest.approx(3600, abs=0.1)
    before = clock()
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert timedelta() <= clock() - before < timedelta(seconds=1), "our own clock may jump as it likes"


async def test_it_follows_mongodb_and_else_stands_firm() -> None:
    server = Server()
    clock = StoreClock(server)
    await clock.set()
    last = clock()
    for _ in range(200):  # what a question takes is no reason to go back and forth
        await clock.set()
        now = clock()
        assert now >= last
        last = now
    server.ahead = -HOUR
    await clock.set()
    assert off(clock) == pytest.approx(-3600, abs=0.1)


async def test_the_real_one_tells_its_time(store: Store) -> None:
    await store.clock.set()
    told = (await store._database.command("hello"))["localTime"].replace(tzinfo=UTC)
    assert abs((store.clock() - told).total_seconds()) < 0.5
