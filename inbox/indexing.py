"""Makes what is said findable, soon after it was committed and never in its way.

One process at a time does it, by a lease. It follows the messages by their ids, which are in the order of
their times; since commits become visible a little out of that order, it looks back over the last half minute
until that has passed. What a killed process had done is done again without harm.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from connectors.contract import Clock
from inbox.model.ids import new_id
from inbox.model.said import said_in
from inbox.model.words import index_words
from inbox.store import Store, StoreError
from inbox.store.findings import Entry, Said

log = structlog.get_logger(__name__)

_DUTY = "findings"
_LEASE = timedelta(seconds=30)
_LOOK_BACK = timedelta(seconds=30)
_LOOK_BACK_EVERY = 10.0
_BATCH = 100
_REST, _REST_WHEN_BUSY = 3, 30
"""How many times as long as it works it rests: taking messages in comes first."""

_IDLE = 0.5
_REST_AT_LEAST = 0.2
"""Seconds: so what comes one by one is put into the index some at a time."""

_CLAIM_EVERY = 10.0
"""Seconds for which the lease is not asked for again."""


class Indexing:
    """Follows the messages."""

    def __init__(self, store: Store, clock: Clock, is_busy: Callable[[], bool] = lambda: False) -> None:
        """`is_busy` says whether there is more urgent work."""
        self._is_busy = is_busy
        self._store = store
        self._clock = clock
        self._owner = new_id()
        self._place: str | None = None
        self._done: set[str] = set()
        """Ids of the last half minute that are in the index."""
        self._looked_back = 0.0
        self._claimed = -_CLAIM_EVERY
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow, when no other process does."""
        self._task = asyncio.create_task(self._follow(), name="indexing")

    async def stop(self) -> None:
        """Stop; another process may go on at once."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._store.holders.release(_DUTY, self._owner)
        except StoreError:
            return  # the lease runs out by itself

    async def _follow(self) -> None:
        while True:
            began = time.perf_counter()
            try:
                count = await self.step()
            except StoreError as error:
                log.warning("indexing put off", error=type(error).__name__)
                count, self._place = 0, None
            spent = time.perf_counter() - began
            rest = spent * (_REST_WHEN_BUSY if self._is_busy() else _REST)
            least = 0.0 if count == _BATCH else _REST_AT_LEAST
            await asyncio.sleep(max(rest, least) if count else _IDLE)

    async def step(self) -> int:
        """Put the next messages into the index, if that falls to us. How many there were."""
        if not await self._is_ours():
            self._place = None
            return 0
        if self._place is None:
            self._place = await self._store.findings.place()
            self._done.clear()
        said = await self._store.findings.messages_after(self._place, _BATCH)
        said = [each for each in said if each.id not in self._done]
        if said:
            await self._add(said)
            self._place = said[-1].id
        if time.monotonic() - self._looked_back >= _LOOK_BACK_EVERY:
            await self._look_back(self._place)
            self._looked_back = time.monotonic()
        return len(said)

    async def _is_ours(self) -> bool:
        """Whether it falls to us. If another has it soon after we had it, both do the same for a while."""
        now = time.monotonic()
        if now >= self._claimed + _CLAIM_EVERY:
            if await self._store.holders.claim(_DUTY, self._owner, self._clock(), _LEASE) is None:
                return False
            self._claimed = now
        return True

    async def _look_back(self, place: str) -> None:
        """Find what became visible after its neighbours, and note how far everything surely is there."""
        millis = int((self._clock() - _LOOK_BACK).timestamp() * 1000)
        floor = min(place, f"{millis:012x}")
        missed = [id for id in await self._store.findings.ids_between(floor, place) if id not in self._done]
        for start in range(0, len(missed), _BATCH):
            await self._add(await self._store.findings.messages_of(missed[start : start + _BATCH]))
        self._done = {id for id in self._done if id > floor}
        await self._store.findings.keep_place(floor)

    async def _add(self, said: list[Said]) -> None:
        entries = [Entry(m.id, m.conversation_id, index_words(said_in(m.content))) for m in said]
        await self._store.findings.add(entry for entry in entries if entry.words)
        self._done.update(m.id for m in said)
