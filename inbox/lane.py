"""A lane of the group commit: what arrives while one batch is being written goes into the next one together.

What does not come to its end in time is refused, and so is whatever comes while the store is that slow: the
provider hears at once that it should come back, instead of waiting for it to time out.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from inbox.actions.receive import Arrival, Received

_LOOK_EVERY = 0.25
"""Seconds between two looks for those who have waited too long."""


class Busy(Exception):
    """So much is waiting to be written that it is better to come back later."""


class Parcel(NamedTuple):
    """Arrivals that were handed in together. `done` ends when they are durable, or refused."""

    arrivals: list[Arrival]
    done: asyncio.Future[Received]
    since: float
    """When it was handed in, by the loop's clock."""

    def refuse(self, error: Exception) -> None:
        """Say that it was not written, unless its end is known already."""
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # whoever handed it in may be gone


class Lane:
    """Takes parcels and hands them on in batches, one batch at a time, each in the order of its coming."""

    def __init__(
        self,
        write: Callable[[list[Parcel]], Awaitable[None]],
        *,
        batch: int,
        limit: int,
        patience: float,
        slow: float,
    ) -> None:
        """`write` ends every parcel that it is given and raises nothing.

        `batch` and `limit` count arrivals: in one batch, and waiting. Whoever has waited for `patience`
        seconds is refused; while somebody has waited for `slow` seconds, so is everyone who comes.
        """
        self._write = write
        self._batch = batch
        self._limit = limit
        self._patience = patience
        self._slow = slow
        self._waiting: deque[Parcel] = deque()
        self._size = 0
        self._writing: list[Parcel] = []
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to hand on."""
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._look())]

    async def stop(self, patience: float) -> None:
        """Write what is waiting, then stop. What cannot be written within `patience` seconds is refused."""
        self._is_stopping = True
        self._wake.set()
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=patience)
            for task in self._tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        for parcel in self._waiting:
            parcel.refuse(Busy("This process is stopping."))

    @property
    def has_waiting(self) -> bool:
        """Whether anything waits for the batch that is being written."""
        return bool(self._waiting)

    def put(self, arrivals: list[Arrival]) -> asyncio.Future[Received]:
        """Hand in. The future raises what `write` says, or `Busy`. Raises `Busy` too."""
        if self._is_stopping or self._size >= self._limit:
            raise Busy("Too many messages are waiting to be stored.")
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now - self._oldest(now) > self._slow:
            raise Busy("The store takes too long.")
        parcel = Parcel(arrivals, loop.create_future(), now)
        self._waiting.append(parcel)
        self._size += len(arrivals)
        self._wake.set()
        return parcel.done

    def _oldest(self, now: float) -> float:
        """Since when the parcel that has waited longest has waited."""
        if self._writing:
            return self._writing[0].since
        return self._waiting[0].since if self._waiting else now

    async def _run(self) -> None:
        while self._waiting or not self._is_stopping:
            self._writing = self._take()
            if self._writing:
                await self._write(self._writing)
                self._writing = []
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self) -> list[Parcel]:
        """The next batch: at least one parcel, none that has been refused or given up."""
        taken: list[Parcel] = []
        room = self._batch
        while self._waiting and (not taken or len(self._waiting[0].arrivals) <= room):
            parcel = self._waiting.popleft()
            self._size -= len(parcel.arrivals)
            if not parcel.done.done():
                taken.append(parcel)
                room -= len(parcel.arrivals)
        return taken

    async def _look(self) -> None:
        """Refuse those who have waited too long. They are in the order of their coming."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(_LOOK_EVERY, self._patience / 4))
            late = loop.time() - self._patience
            for parcels in (self._writing, self._waiting):
                for parcel in parcels:
                    if parcel.since > late:
                        break
                    parcel.refuse(Busy("The store takes too long."))


def refuse_all(parcels: Iterable[Parcel], error: Exception) -> None:
    """Say of all of them that they were not written."""
    for parcel in parcels:
        parcel.refuse(error)
