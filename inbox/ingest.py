"""Group commit: whatever arrives while one transaction is being written goes into the next one together.

`Ingest.submit` answers after the commit is durable on a majority, so a provider's 200 is a promise kept.

There are a few lanes, so that one batch is worked out while MongoDB writes another. A customer always has the
same lane, which keeps their messages in order and the lanes out of each other's conversations.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from zlib import crc32

import msgspec
import structlog

from connectors.contract import Clock
from connectors.events import (
    Identity,
    IdentityChanged,
    MessageReceived,
    StatusChanged,
    Unreadable,
)
from inbox.actions.acquaint import acquaint
from inbox.actions.merge import merge_contacts
from inbox.actions.receive import Arrival, Known, Received, receive
from inbox.bus import Bus
from inbox.known import known_of
from inbox.lane import Busy, Lane, Parcel, refuse_all
from inbox.metrics import BATCH_SIZE, COMMIT_SECONDS, EVENTS
from inbox.model.commit import Commit, ConversationChange
from inbox.recent import Recent, Remembered, known_from, outdated, together
from inbox.store import Conflict, Reading, Store, StoreError, StoreUnavailable, Unwritable

__all__ = ["Busy", "Ingest"]

log = structlog.get_logger(__name__)

_TRIES = 3
"""How often a batch is tried as a whole before it is tried in halves."""


class Ingest:
    """Takes arrivals from every door of this process and commits them in batches."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        clock: Clock,
        *,
        reopen: timedelta,
        lanes: int = 2,
        batch: int = 250,
        limit: int = 10_000,
        patience: float = 4.0,
        slow: float = 2.0,
    ) -> None:
        """`batch`, `limit`, `patience` and `slow` are those of each `Lane`."""
        self._store = store
        self._bus = bus
        self._recent = Recent(bus)
        self._clock = clock
        self._reopen = reopen
        self.claims: Callable[[Commit], Commit] = lambda commit: commit
        """Gives a commit back with the work claimed that this process will do: see `inbox/turns.py`. It may
        be called in a thread."""
        self.ahead: Callable[[Sequence[ConversationChange]], None] = lambda changes: None
        """Is told of turns that are being written, once MongoDB has said that what they were worked out from
        is so. They may still fail to be."""
        self._lanes = [
            Lane(self._commit_all, batch=batch, limit=limit, patience=patience, slow=slow)
            for _ in range(lanes)
        ]

    def start(self) -> None:
        """Begin to take arrivals."""
        for lane in self._lanes:
            lane.start()

    @property
    def is_busy(self) -> bool:
        """Whether there is more waiting than is being written."""
        return any(lane.has_waiting for lane in self._lanes)

    async def stop(self, patience: float = 10.0) -> None:
        """Write what is waiting, then stop. What cannot be written within `patience` seconds is refused."""
        await asyncio.gather(*(lane.stop(patience) for lane in self._lanes))

    async def submit(self, arrivals: list[Arrival]) -> Received:
        """Commit these arrivals, those of one customer in their order, and say what became of them.

        Raises `Busy` when too much is waiting or the store is too slow, `StoreError` or `Conflict` when
        not all could be written; the provider then sends again, and what had been written after all is known
        by its id. Values that cannot be stored are in quarantine.
        """
        if len(arrivals) == 1:
            return await self._lane_of(arrivals[0]).put(arrivals)
        parts: dict[Lane, list[Arrival]] = {}
        for arrival in arrivals:
            parts.setdefault(self._lane_of(arrival), []).append(arrival)
        done = [lane.put(part) for lane, part in parts.items()]
        every = Received()
        for each in await asyncio.gather(*done, return_exceptions=True):
            if isinstance(each, BaseException):
                raise each
            every.add(each)
        return every

    def _lane_of(self, arrival: Arrival) -> Lane:
        """The lane of the customer; of a report, whose customer only the store knows, any."""
        match arrival.event:
            case MessageReceived(identities=(identity, *_)) | IdentityChanged(previous=(identity, *_)):
                name = identity.value
            case StatusChanged(external_id=external_id):
                name = external_id
            case _:
                name = ""
        return self._lanes[crc32(name.encode("utf-8", "surrogatepass")) % len(self._lanes)]

    async def _commit_all(self, parcels: list[Parcel]) -> None:
        """Commit the parcels as one; if one of them cannot be written, each by itself. Raises nothing."""
        arrivals = [arrival for parcel in parcels for arrival in parcel.arrivals]
        try:
            try:
                received = await self._commit(arrivals)
            except Unwritable:
                if len(parcels) > 1:
                    for parcel in parcels:
                        await self._commit_all([parcel])
                    return
                received = await self._commit_one_by_one(arrivals)
        except Conflict as error:
            if len(parcels) == 1:
                refuse_all(parcels, error)
                return
            middle = len(parcels) // 2  # fewer conversations at a time meet fewer others
            await self._commit_all(parcels[:middle])
            await self._commit_all(parcels[middle:])
            return
        except Exception as error:
            if not isinstance(error, StoreError):
                log.exception("ingest failed", events=len(arrivals))
            refuse_all(parcels, error)
        except BaseException:
            refuse_all(parcels, Busy("This process is stopping."))
            raise
        else:
            for parcel in parcels:
                if not parcel.done.done():
                    parcel.done.set_result(received)

    async def _commit_one_by_one(self, arrivals: list[Arrival]) -> Received:
        """Put what MongoDB refuses into quarantine and commit the rest."""
        every = Received()
        for arrival in arrivals:
            try:
                received = await self._commit([arrival])
            except Unwritable as error:
                why = type(error.__cause__).__name__  # the text may quote the message
                log.warning("event quarantined", channel=arrival.channel_id, error=why)
                received = await self._quarantine(arrival, error)
            every.add(received)
        return every

    async def _quarantine(self, arrival: Arrival, refusal: Unwritable) -> Received:
        try:
            return await self._commit([_refused(arrival, refusal)])
        except Unwritable as error:  # then it is not the value: let the provider keep it and send it again
            raise StoreUnavailable(f"Not even the quarantine takes it: {error}") from error

    async def _commit(self, arrivals: list[Arrival]) -> Received:
        remembered, others = self._recent.split(arrivals)
        is_shared = self._recent.is_shared
        drawn = None if others or is_shared else self._draw(arrivals, known_from(remembered))
        """Worked out before the transaction begins, while MongoDB writes what is in the other lane."""
        asked = Known()
        old: list[Remembered] = []
        is_first = True
        loop = asyncio.get_running_loop()

        async def work(here: Reading, session: Any) -> tuple[Commit, Received]:
            nonlocal asked, old, is_first
            trusting, is_first = is_first, False
            if is_shared or not trusting:  # then what was remembered may be why: now everything is read
                old = remembered
            elif remembered:
                ids = [each.conversation.id for each in remembered]
                old = outdated(remembered, await here.conversations.revs(ids, session))
            if drawn and not old:
                self._foretell(drawn[0], loop, is_first=trusting)
                return drawn
            anew = [each.arrival for each in old]
            if trusting and (others or anew):
                asked = await known_of(others, here, session, trusting=True, moved=anew)
            elif not trusting:
                asked = await known_of([*others, *anew], here, session)
            moved = {each.conversation.id for each in old}
            trusted = [each for each in remembered if each.conversation.id not in moved]
            commit, received = self._draw(arrivals, together(known_from(trusted), asked))
            self._foretell(commit, loop, is_first=trusting)
            return commit, received

        with COMMIT_SECONDS.time():
            tries = _TRIES if len(arrivals) > 1 else None
            commit, received = await self._store.change_in_a_thread(work, attempts=tries)
        BATCH_SIZE.observe(len(arrivals))
        EVENTS.labels("duplicate").inc(received.duplicates)
        EVENTS.labels("taken").inc(len(arrivals) - received.duplicates)
        if remembered:
            if is_shared:
                old = outdated(remembered, {each.id: each.rev for each in asked.conversations})
            self._recent.forget(old)
        self._bus.publish(commit)
        self._recent.learn(asked.contacts, commit.contacts)
        for keep, give_up in dict.fromkeys(received.merges):
            await self._merge(keep, give_up)
        for conversation_id, names in dict.fromkeys(received.acquaintances):
            await self._acquaint(conversation_id, names)
        return received

    def _foretell(self, commit: Commit, loop: asyncio.AbstractEventLoop, *, is_first: bool) -> None:
        """Tell of the turns that fall due by a commit, from its thread, before it is written; not again."""
        due = [
            each
            for each in commit.conversations
            if each.before and each.after.turn and each.after.turn != each.before.turn
        ]
        if due and is_first:
            loop.call_soon_threadsafe(self.ahead, due)

    def _draw(self, arrivals: list[Arrival], known: Known) -> tuple[Commit, Received]:
        """What to write. It may be called in a thread."""
        commit, received = receive(arrivals, known, now=self._clock(), reopen=self._reopen)
        commit.is_present = True
        return self.claims(commit), received

    async def _merge(self, keep: str, give_up: str) -> None:
        """Make two contacts one. It may fail: their next message tries again."""
        try:
            await merge_contacts(keep, give_up, store=self._store, bus=self._bus, now=self._clock())
        except (Conflict, StoreError, Unwritable) as error:
            log.warning("contacts not merged", keep=keep, give_up=give_up, error=str(error))

    async def _acquaint(self, conversation_id: str, names: tuple[Identity, ...]) -> None:
        """Give a contact names that a report told. It may fail: the next report tells them again."""
        try:
            await acquaint(conversation_id, names, store=self._store, bus=self._bus, now=self._clock())
        except (Conflict, StoreError, Unwritable) as error:
            log.warning("contact not acquainted", conversation=conversation_id, error=str(error))


def _refused(arrival: Arrival, error: Unwritable) -> Arrival:
    raw = repr(msgspec.to_builtins(arrival.event, builtin_types=(bytes,)))
    text = raw.encode("utf-8", "replace").decode()
    event = Unreadable(reason=f"The store refuses it: {error}", raw=text)
    return msgspec.structs.replace(arrival, event=event)
