"""Makes what is said findable, soon after it was committed and never in its way.

One process at a time does it, by a lease. It follows the messages by their ids, which are in the order of
their times; since commits become visible a little out of that order, it looks back over the last half minute
until that has passed. What a killed process had done is done again without harm.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from connectors.contract import Clock
from inbox.follower import Follower
from inbox.model.commit import ConversationChange
from inbox.model.said import said_in
from inbox.model.words import index_words
from inbox.store import Store, StoreError
from inbox.store.findings import Entry, Said

log = structlog.get_logger(__name__)

DUTY = "findings"
_LEASE = timedelta(seconds=30)
_LOOK_BACK = timedelta(seconds=30)
_LOOK_BACK_EVERY = 10.0
_BATCH = 250
_REST, _REST_WHEN_BUSY = 3, 30
"""How many times as long as it works it rests: taking messages in comes first."""

_LONGEST_REST = 3.0
"""Seconds. By then the peak may be over, which nobody tells."""

_IDLE = 2.0
"""Seconds between two looks while nothing comes; what this process commits itself is looked for at once."""

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
        self._place: str | None = None
        self._done: set[str] = set()
        """Ids of the last half minute that are in the index."""
        self._looked_back = 0.0
        self._claimed = -_CLAIM_EVERY
        self._is_idle = self._has_heard = False
        self.follower = Follower(DUTY, store, clock, self._next, pause=self._rest)

    def hear(self, changes: Sequence[ConversationChange]) -> None:
        """Something was said: look soon."""
        self._has_heard = self._has_heard or any(change.added for change in changes)
        if self._has_heard and self._is_idle:
            self.follower.wake()

    async def _next(self) -> int:
        """A step, after which we ask for our place again if the store did not answer."""
        if self._has_heard and self._is_idle:
            await asyncio.sleep(_REST_AT_LEAST)
        self._is_idle = self._has_heard = False
        try:
            return await self.step()
        except StoreError:
            self._place = None
            raise

    def _rest(self, count: int, spent: float) -> float:
        """How long to rest after a step."""
        self._is_idle = not count and not self._has_heard
        if self._is_idle:
            return _IDLE
        rest = spent * (_REST_WHEN_BUSY if self._is_busy() else _REST)
        least = 0.0 if count == _BATCH else _REST_AT_LEAST
        return max(min(rest, _LONGEST_REST), least)

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
            await self._try_again()
            self._looked_back = time.monotonic()
        return len(said)

    async def _is_ours(self) -> bool:
        """Whether it falls to us. If another has it soon after we had it, both do the same for a while."""
        now = time.monotonic()
        if now >= self._claimed + _CLAIM_EVERY:
            if not await self.follower.is_ours(_LEASE):
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
        entries = [entry for m in said if (entry := await self._entry(m))]
        await self._store.findings.add(entry for entry in entries if entry.words)
        self._done.update(m.id for m in said)

    async def _entry(self, said: Said) -> Entry | None:
        """What is found of a message; None if that fails for a reason of ours: then it is set aside."""
        try:
            return Entry(said.id, said.conversation_id, index_words(said_in(said.content)))
        except Exception as error:
            log.error("message set aside", duty=DUTY, conversation=said.conversation_id, exc_info=error)
            await self._store.setbacks.note(DUTY, said.conversation_id, error, self._clock(), seq=said.seq)
            return None

    async def _try_again(self) -> None:
        """Take up what was set aside and is due."""
        for setback in await self._store.setbacks.due(DUTY, self._clock(), _BATCH):
            said = await self._store.findings.message_at(setback.conversation_id, setback.seq or 0)
            entry = await self._entry(said) if said else None
            if entry:
                await self._store.findings.add([entry])
            if entry or not said:
                await self._store.setbacks.settle(setback.id)
