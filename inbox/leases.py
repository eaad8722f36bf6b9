"""What this process holds of one kind of work: claimed for a few seconds, renewed while it goes on.

A lease is short, so that a killed process is soon succeeded; a heartbeat renews it, so that work may take
long all the same. A lease decides only who begins. Whether a result may be written is decided by the owner's
name, in the transaction that writes it.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import structlog

from connectors.contract import Clock
from inbox.joined import Joined
from inbox.model.conversation import Conversation, Work
from inbox.model.ids import new_id
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=9)
"""How long a killed process's work waits for a successor."""

BEAT = 2.5
"""Seconds between two renewals. Two may fail before anybody else may take the work."""


class Leases:
    """Claims the work `work` of conversations, and keeps what was claimed."""

    def __init__(
        self, work: str, store: Store, clock: Clock, *, elsewhere: Callable[[], Collection[str]] = tuple
    ) -> None:
        """`elsewhere` gives the channels whose work only another process can do at this moment."""
        self._elsewhere = elsewhere
        self._work = work
        self._store = store
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}
        """By owner: the conversation, and until when by the loop's clock it surely is ours."""
        self._us = new_id()
        self._claims = Joined(self._claim_all)

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Ids of conversations whose work we may take now, the longest due first."""
        return await self._store.conversations.due(self._work, now, limit, self._elsewhere())

    async def claim(self, conversation_id: str) -> tuple[Conversation, str] | None:
        """The conversation, and our name as its owner; None if it is not due, or another has it or must."""
        since = _loop_time()
        claimed = await self._claims.ask(conversation_id)
        if claimed:
            self._held[claimed[1]] = (conversation_id, since + LEASE.total_seconds())
        return claimed

    async def _claim_all(self, ids: list[str]) -> Sequence[tuple[Conversation, str] | None]:
        owner, elsewhere = self._name(), self._elsewhere()
        claimed = await self._store.conversations.claim(
            ids, self._work, owner, self._clock(), LEASE, elsewhere
        )
        return [claimed.pop(conversation_id, None) for conversation_id in ids]  # once, however often asked

    def born(self, now: datetime, upto: int | None = None) -> Work:
        """Work that falls due by a commit of ours and is ours from the start. To be adopted after it."""
        return Work(at=now + LEASE, owner=self._name(), attempts=1, upto=upto)

    def is_ours(self, work: Work) -> bool:
        """Whether this process has claimed it."""
        return work.owner is not None and work.owner.startswith(self._us)

    def adopt(self, conversation_id: str, work: Work) -> str | None:
        """Hold work that was born as ours, once it is durable. Our name as its owner, None if it is not."""
        if work.owner is None or not self.is_ours(work):
            return None
        left = (work.at - self._clock()).total_seconds()
        self._held[work.owner] = (conversation_id, _loop_time() + left)
        return work.owner

    async def give_back(self) -> None:
        """Let others take what is still held."""
        held, self._held = self._held, {}
        postpone, now = self._store.conversations.postpone, self._clock()
        await asyncio.gather(*(postpone(at, self._work, owner, now) for owner, (at, _) in held.items()))

    async def put_off(self, conversation_id: str, until: datetime) -> None:
        """Leave the work that was ours alone until then, for everybody."""
        await self._store.conversations.put_off(conversation_id, self._work, f"{self._us}.", until)

    def _name(self) -> str:
        return f"{self._us}.{new_id()}"

    def drop(self, owner: str) -> None:
        """Renew this one no longer."""
        self._held.pop(owner, None)

    def is_sure(self, owner: str) -> bool:
        """Whether nobody else can have taken the work by now, however long this process stood still."""
        return owner in self._held and _loop_time() < self._held[owner][1]

    async def beat(self) -> None:
        """Renew what is held, for ever."""
        while True:
            await asyncio.sleep(BEAT)
            since = _loop_time()
            held = dict(self._held)
            old = {
                o: at for o, (at, until) in held.items() if until < since + LEASE.total_seconds() - BEAT / 2
            }
            if not old:
                continue
            try:
                kept = await self._store.conversations.renew(self._work, old, self._clock() + LEASE)
            except StoreError as error:
                log.warning("leases not renewed", work=self._work, error=type(error).__name__)
                continue
            for owner in kept & self._held.keys():
                self._held[owner] = (old[owner], since + LEASE.total_seconds())


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
