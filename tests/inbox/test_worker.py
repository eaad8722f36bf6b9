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
