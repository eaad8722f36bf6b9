"""A channel's rate, kept by all processes together.

Each process takes places in the channel's line from the store, some at a time, and lets its own messages
through at those places. So N processes send as many a second as one.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog

from connectors.contract import Clock
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

Reserve = Callable[[int, timedelta, datetime], Awaitable[datetime]]
"""Takes so many places with this gap between them, the first not before a moment, and says when it is."""

_AHEAD = 0.2
"""Seconds of the line that one process takes at a time, at most."""


class Pace:
    """Lets so many through in a second, in the order in which they came."""

    def __init__(
        self, rate: float | None, clock: Clock | None = None, reserve: Reserve | None = None
    ) -> None:
        """Without `reserve` this process has the line for itself."""
        self._gap = 1 / rate if rate else 0.0
        self._most = max(1, int(_AHEAD * rate)) if rate else 1
        self._clock = clock
        self._reserve = reserve
        self._next = 0.0
        self._held_until = 0.0
        self._waiting = 0
        self._line = asyncio.Lock()
        self._places: deque[float] = deque()
        self._foreseen: float | None = None
        """A place that nobody has come for yet."""
        self._foreseeing: asyncio.Task[None] | None = None

    def foresee(self) -> None:
        """Take a place for whoever comes next, so that they need not wait for the store; theirs if they come
        soon.
        """
        is_under_way = self._line.locked() or (self._foreseeing and not self._foreseeing.done())
        if self._gap and not self._places and not is_under_way and self.due_in() == 0:
            self._foreseeing = asyncio.create_task(self._have_one())

    async def _have_one(self) -> None:
        async with self._line:
            if self._coming() is None and not self._places:
                (self._foreseen,) = await self._more(1)

    def _coming(self) -> float | None:
        """The place that was foreseen, unless it has gone by: who kept such places would burst out."""
        if self._foreseen is None or asyncio.get_running_loop().time() - self._foreseen > _AHEAD:
            return None
        return self._foreseen

    async def wait(self) -> None:
        """Return when it is one's turn."""
        if not self._gap and not self._held_until:
            return
        self._waiting += 1
        try:
            async with self._line:
                mine = await self._place()
        finally:
            self._waiting -= 1
        now = asyncio.get_running_loop().time()
        if mine > now:
            await asyncio.sleep(mine - now)

    async def _place(self) -> float:
        foreseen, self._foreseen = self._coming(), None
        if foreseen is not None:
            self._places.appendleft(foreseen)
        if not self._places:
            early = self._next - _AHEAD - asyncio.get_running_loop().time()
            if early > 0:  # who takes places long before they are due leaves none to the others
                await asyncio.sleep(early)
            self._places.extend(await self._more(min(self._waiting, self._most)))
        mine = max(self._places.popleft(), self._held_until)
        self._next = mine + self._gap
        return mine

    async def _more(self, count: int) -> list[float]:
        now = asyncio.get_running_loop().time()
        first = max(now, self._next)
        if self._reserve and self._clock and self._gap:
            clock = self._clock()
            earliest = clock + timedelta(seconds=max(0.0, self._held_until - now))
            try:
                given = await self._reserve(count, timedelta(seconds=self._gap), earliest)
            except StoreError as error:
                log.warning("rate kept by this process alone", error=type(error).__name__)
            else:
                first = now + (given - clock).total_seconds()
        return [first + place * self._gap for place in range(count)]

    def due_in(self) -> float:
        """Seconds until it would be one's turn."""
        begin = max(self._next, self._held_until) - asyncio.get_running_loop().time()
        return max(0.0, begin) + self._waiting * self._gap

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long: here at once, elsewhere from their next places on."""
        self._held_until = max(self._held_until, asyncio.get_running_loop().time() + seconds)


def shared_pace(channel_id: str, rate: float | None, store: Store, clock: Clock) -> Pace:
    """The pace of a channel over all processes of this store."""

    async def reserve(count: int, gap: timedelta, earliest: datetime) -> datetime:
        first = await store.presence.reserve(channel_id, count, gap.total_seconds(), earliest.timestamp())
        return datetime.fromtimestamp(first, UTC)

    return Pace(rate, clock, reserve)
