"""Webhooks on their way to the inbox: kept on disk, tried until the inbox says 200, troubled on demand."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec

from rehearsal.shelf import Shelf
from rehearsal.trouble import Trouble

PATIENCE = 15.0
"""Seconds that the inbox has to answer."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most. The real providers go on for days."""


class Parcel(msgspec.Struct, kw_only=True):
    """One webhook to deliver: what its `items` hold is the provider's business."""

    id: str
    items: list[Any]
    due: float
    marks: list[str] = []
    """Bubbles that are taken once this is delivered."""
    attempt: int = 0


class Attempt(NamedTuple):
    """What became of one attempt, for the wire log. `status` 0: no answer, see `answer`."""

    url: str
    body: bytes
    status: int
    answer: str
    attempt: int


class Courier:
    """Delivers one channel's webhooks, one after the other."""

    def __init__(
        self,
        shelf: Path,
        *,
        trouble: Callable[[], Trouble],
        post: Callable[[list[Any]], tuple[str, bytes, dict[str, str]]],
        tell: Callable[[Attempt, Parcel], None],
        pace: float,
    ) -> None:
        """`post` turns items into address, body and headers; `tell` hears of every attempt.

        `pace` stretches the pauses between attempts; 1 is for people.
        """
        self._shelf = Shelf(shelf)
        self._parcels = {p.id: p for p in msgspec.convert(self._shelf.values(), list[Parcel])}
        self._serial = max((int(p) for p in self._parcels), default=0)
        self._trouble, self._post, self._tell, self._pace = trouble, post, tell, pace
        self._wake = asyncio.Event()
        for parcel in self._parcels.values():
            parcel.due = 0.0

    def __len__(self) -> int:
        return len(self._parcels)

    def late(self) -> int:
        """How many webhooks should have been taken by now."""
        now = time.time() - self._second
        return sum(parcel.attempt > 0 or parcel.due < now for parcel in self._parcels.values())

    def put(self, item: Any, *, after: float = 0.0, mark: str | None = None) -> None:
        """Take a webhook's item; it is on disk when this returns, and goes out in `after` seconds."""
        trouble = self._trouble()
        due = time.time() + after + trouble.delay
        if trouble.reorder:
            due = float(int(due / self._second) + 1) * self._second
        self._serial += 1
        marks = [mark] if mark else []
        self._keep(Parcel(id=f"{self._serial:012d}", items=[item], due=due, marks=marks))
        self._wake.set()

    def look(self) -> None:
        """Look at the switches again: they have changed."""
        self._wake.set()

    async def run(self, http: aiohttp.ClientSession) -> None:
        """Deliver until cancelled."""
        while True:
            self._wake.clear()
            parcel = self._next()
            if parcel is not None:
                await self._deliver(http, parcel)
                continue
            pause = min((p.due for p in self._parcels.values()), default=time.time() + 3600) - time.time()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), max(pause, 0.01 if pause > 0 else 0.2))

    def close(self) -> None:
        """Close the file."""
        self._shelf.close()

    @property
    def _second(self) -> float:
        return max(self._pace, 0.05)

    def _keep(self, parcel: Parcel) -> None:
        self._parcels[parcel.id] = parcel
        self._shelf.put(parcel.id, parcel)

    def _drop(self, parcel: Parcel) -> None:
        self._parcels.pop(parcel.id, None)
        self._shelf.drop(parcel.id)

    def _next(self) -> Parcel | None:
        trouble, now = self._trouble(), time.time()
        ready = sorted((p for p in self._parcels.values() if p.due <= now), key=lambda p: (p.due, p.id))
        again = [parcel for parcel in ready if parcel.attempt]
        fresh = [parcel for parcel in ready if not parcel.attempt]
        if trouble.reorder and fresh:
            fresh = [p for p in reversed(fresh) if p.due == fresh[0].due]
        if trouble.batch > 1:
            whole = len(fresh) >= trouble.batch
            return self._merged(fresh[: trouble.batch]) if whole else next(iter(again), None)
        return next(iter(again or fresh), None)

    def _merged(self, parcels: list[Parcel]) -> Parcel:
        first, *rest = parcels
        first.items = [item for parcel in parcels for item in parcel.items]
        first.marks = [mark for parcel in parcels for mark in parcel.marks]
        self._keep(first)
        for parcel in rest:
            self._drop(parcel)
        return first

    async def _deliver(self, http: aiohttp.ClientSession, parcel: Parcel) -> None:
        parcel.attempt += 1
        is_taken = await self._try(http, parcel)
        if is_taken:
            if self._trouble().duplicate:
                await self._try(http, parcel)
            self._drop(parcel)
            return
        parcel.due = time.time() + min(2.0 ** (parcel.attempt - 1), LONGEST_PAUSE) * self._pace
        self._keep(parcel)

    async def _try(self, http: aiohttp.ClientSession, parcel: Parcel) -> bool:
        url, body, headers = self._post(parcel.items)
        limit = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with http.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                status, said = answer.status, (await answer.text(errors="replace"))[:2000]
        except (aiohttp.ClientError, TimeoutError) as error:
            status, said = 0, f"{type(error).__name__}: {error}"
        self._tell(Attempt(url, body, status, said, parcel.attempt), parcel)
        return status == 200
