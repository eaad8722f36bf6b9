"""Holds conversations against what is promised: when something of them changes, and when time runs out.

Each look is claimed by lease and written in one transaction with what it found, so a process that is killed
on the way has written all or nothing, and two that look at once write one of the two.
"""

from collections.abc import Sequence
from typing import Any

from inbox.actions.desk import Desk
from inbox.actions.promises import reckon
from inbox.leases import Leases
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.thread import Thread
from inbox.worker import Worker


class PromiseKeeping:
    """Looks at conversations whose promises may have changed, or are about to be broken."""

    def __init__(self, desk: Desk, *, at_once: int = 4) -> None:
        self._desk = desk
        self._leases = Leases("sla", desk.store, desk.clock)
        self.worker = Worker("sla", desk.store, desk.clock, self.run, at_once=at_once, leases=self._leases)
        desk.bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            due = change.after.sla
            if due and due.owner is None and due.at <= change.after.updated_at:
                self.worker.wake(change.after.id)

    async def run(self, conversation_id: str) -> None:
        """Look at one conversation, if that is due and nobody else does."""
        claimed = await self._leases.claim(conversation_id)
        if claimed is None:
            return
        seen, owner = claimed
        store, now = self._desk.store, self._desk.clock()
        try:
            policies = await store.policies.list(limit=1_000)
            if not policies and seen.level is None:  # nothing is promised: no page need hear of it
                await store.conversations.finish(conversation_id, "sla", owner, seen.rev, now)
                return

            async def work(session: Any) -> tuple[Commit, None]:
                conversation = await store.conversations.get(conversation_id, session)
                if conversation is None or conversation.sla is None or conversation.sla.owner != owner:
                    return Commit(), None
                thread = Thread(conversation, self._desk.clock())
                reckoned = reckon(thread, policies)
                change = change_of(thread, holder=("sla", owner))
                return Commit(conversations=[change], reckoned=reckoned), None

            commit, _ = await store.change(work)
            self._desk.bus.publish(commit)
        finally:
            self._leases.drop(owner)
