"""When work is looked for that nobody told of."""

import asyncio
from datetime import datetime

import pytest

from inbox import worker
from inbox.store import Store
from inbox.worker import Worker
from tests.inbox.factories import Clock


class Heap:
    """Work that lies about: a look finds what is first, unless it is done."""

    def __init__(self, store: Store, count: int, *, does: bool = True) -> None:
        self.left = [f"{n}" for n in range(count)]
        self.looks = 0
        self.is_done = asyncio.Event()
        self._does = does
        self.worker = Worker("turn", store, Clock(), self._do, at_once=1, look_every=3600, due=self._due)

    async def _due(self, now: datetime, limit: int) -> list[str]:
        self.looks += 1
        return self.left[:limit]

    async def _do(self, conversation_id: str) -> None:
        if self._does:
            self.left.remove(conversation_id)
        if not self._does or not self.left:
            self.is_done.set()


async def test_where_there_is_more_than_a_look_finds_the_next_is_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_A_LOOK", 3)
    heap = Heap(store, 10)
    heap.worker.start()
    async with asyncio.timeout(60):
        await heap.is_done.wait()
    await heap.worker.stop()


async def test_what_nobody_can_do_now_is_not_looked_for_again_and_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_A_LOOK", 3)
    heap = Heap(store, 10, does=False)
    heap.worker.start()
    await heap.is_done.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    await heap.worker.stop()
    assert heap.looks <= 2


async def test_the_longer_nothing_is_to_be_done_the_less_it_looks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    heap, paused = Heap(store, 0), []

    async def pause(self: Worker, idle: int, *, is_more: bool) -> None:
        paused.append(idle)
        self._is_stirred.clear()
        if len(paused) in (4, 6):
            heap.left.append("1")
            (self.wake if len(paused) == 4 else self._take)("1")
            await heap.is_done.wait()
            heap.is_done.clear()
        await asyncio.sleep(0)
        if len(paused) == 8:
            await asyncio.Event().wait()

    monkeypatch.setattr(Worker, "_pause", pause)
    heap.worker.start()
    async with asyncio.timeout(60):
        while len(paused) < 8:
            await asyncio.sleep(0)
    await heap.worker.stop()
    assert paused == [2, 4, 4, 4, 1, 2, 4, 4]


async def test_stopping_waits_neither_for_a_store_that_hangs_nor_for_a_job_that_will_not_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_LET_GO", 0.05)
    asked = []

    class Hanging:
        async def beat(self) -> None:
            await asyncio.Event().wait()

        async def give_back(self) -> None:
            asked.append("give back")
            await asyncio.Event().wait()

    heap = Heap(store, 1)
    heap.worker._leases = Hanging()  # type: ignore[assignment]
    heap.worker._job = _stubborn
    heap.worker.start()
    async with asyncio.timeout(60):
        while not heap.worker._running:
            await asyncio.sleep(0)
        await heap.worker.stop(0.05)
    assert asked == ["give back"]


async def _stubborn(conversation_id: str) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()  # as one that asks a frozen store to give its work back
