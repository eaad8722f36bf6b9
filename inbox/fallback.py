"""Another way for what did not arrive: what its channel surely did not deliver goes by a second one.

When the provider says that the customer is not reached there, or that it took the message back in time, it
goes at once. When it is only late, it is taken back first; if the provider does not agree, it stays where it
is. Between the agreement and the second way there is a pause in which a report may still come. So a customer
gets a message once, and an agent sees both attempts on it.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from connectors.contract import Clock, TakesBack
from connectors.errors import SendFailed
from connectors.events import DeliveryStatus, Fault
from inbox.actions.elsewhere import send_by
from inbox.bus import Bus
from inbox.leases import Leases
from inbox.lines import Line, Lines
from inbox.model.channel import Channel
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import Conversation
from inbox.model.message import Direction, Message
from inbox.model.thread import Thread
from inbox.store import Store
from inbox.worker import Worker

log = structlog.get_logger(__name__)

SETTLES = timedelta(seconds=15)
"""How long after a message was taken back a report that it arrived after all may still come."""

SETTLES_LATE = timedelta(minutes=11)
"""The same after nobody was there to take it back when it was due: then providers' reports have waited too,
and come once they try again. Google waits up to 10 minutes."""

LATE = timedelta(minutes=2)
RETRY = timedelta(seconds=30)
_RECENT = 100
_OLD = timedelta(hours=24)
"""After this a message is old news: nobody wants it by another way."""

TAKEN_BACK = Fault("taken_back", "Not delivered in time; taken back, to be sent another way.")
STAYS = "Not delivered in time, and it could not be taken back, so it is not sent another way: {why}"


class Policy(NamedTuple):
    """By which channel what did not arrive goes, and after how long what is only late is taken back."""

    channel_id: str
    after: timedelta | None


def policy_of(channel: Channel) -> Policy | None:
    """The channel's `fallback_channel` and `fallback_minutes`; None if it has no other way."""
    other, minutes = channel.settings.get("fallback_channel"), channel.settings.get("fallback_minutes", "")
    if not other or other == channel.id:
        return None
    is_number = re.fullmatch(r"[0-9]{1,5}", minutes) is not None
    return Policy(other, timedelta(minutes=int(minutes)) if is_number and int(minutes) else None)


class Fallback:
    """Looks after messages that did not arrive."""

    def __init__(self, store: Store, bus: Bus, lines: Lines, clock: Clock, *, at_once: int = 4) -> None:
        self._store = store
        self._bus = bus
        self._lines = lines
        self._clock = clock
        self._leases = Leases("fallback", store, clock)
        self.worker = Worker("fallback", store, clock, self.run, at_once=at_once, leases=self._leases)
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            due = change.after.fallback
            if due and due.owner is None and due.at <= change.after.updated_at:
                self.worker.wake(change.after.id)

    async def run(self, conversation_id: str) -> None:
        """Bring each message of the conversation that is late one step further."""
        claimed = await self._leases.claim(conversation_id)
        if claimed is None:
            return
        conversation, owner = claimed
        try:
            again = await self._look(conversation)
            present = await self._store.conversations.get(conversation_id) or conversation
            if again is None:
                await self._store.conversations.finish(
                    conversation_id, "fallback", owner, present.rev, self._clock()
                )
            else:
                await self._store.conversations.postpone(conversation_id, "fallback", owner, again)
        finally:
            self._leases.drop(owner)

    async def _look(self, conversation: Conversation) -> datetime | None:
        """Do what can be done now. When to look again, None if there is nothing left to wait for."""
        line = await self._lines.get(conversation.channel_id)
        policy = policy_of(line.channel) if line else None
        other = await self._lines.get(policy.channel_id) if policy else None
        if line is None or policy is None or other is None:
            return None
        page, _ = await self._store.messages.page(conversation.id, before_seq=None, limit=_RECENT)
        times = [
            await self._step(conversation, message, line, other, policy)
            for message in page
            if message.direction is Direction.OUT and message.via is None and not message.is_internal
        ]
        return min((at for at in times if at), default=None)

    async def _step(
        self, conversation: Conversation, message: Message, line: Line, other: Line, policy: Policy
    ) -> datetime | None:
        now, since = self._clock(), message.attempted_at or message.created_at
        if now - message.created_at > _OLD:
            return None
        if message.status == DeliveryStatus.FAILED and message.error and message.error.elsewhere:
            await self._send_by(conversation, message, other)
            return None
        if message.status != DeliveryStatus.SENT or policy.after is None:
            return None
        if message.error is None:
            if now < since + policy.after:
                return since + policy.after
            return await self._take_back(conversation, message, line)
        if message.error.code != TAKEN_BACK.code:
            return None
        was_due = message.created_at + policy.after
        pause = SETTLES_LATE if since > was_due + LATE else SETTLES
        if now < since + pause:
            return since + pause
        await self._send_by(conversation, message, other)
        return None

    async def _take_back(self, conversation: Conversation, message: Message, line: Line) -> datetime | None:
        now, connector = self._clock(), line.connector
        if not isinstance(connector, TakesBack) or message.external_id is None:
            return None
        try:
            await connector.take_back(message.external_id, to=conversation.to, account=conversation.account)
        except SendFailed as error:
            log.info("not taken back", message=message.id, code=error.code)
            if error.retry:
                return now + RETRY
            stays = Fault("not_taken_back", STAYS.format(why=error))
            await self._note(message, stays)
            return None
        await self._note(message, TAKEN_BACK)
        return now + SETTLES

    async def _note(self, message: Message, fault: Fault) -> None:
        """Write down how taking it back ended, unless a report has said more meanwhile."""

        async def work(session: Any) -> tuple[Commit, None]:
            conversation = await self._store.conversations.get(message.conversation_id, session)
            fresh = await self._store.messages.get(message.id, session)
            same = fresh is not None and (fresh.status, fresh.error) == (message.status, message.error)
            if conversation is None or fresh is None or not same:
                return Commit(), None
            thread = Thread(conversation, self._clock())
            thread.change(fresh, error=fault, attempted_at=self._clock())
            return Commit(conversations=[change_of(thread)]), None

        commit, _ = await self._store.change(work)
        self._bus.publish(commit)

    async def _send_by(self, conversation: Conversation, message: Message, other: Line) -> None:
        """Put it into the outbox for the other channel, unless it has arrived or may still arrive."""

        async def work(session: Any) -> tuple[Commit, None]:
            present = await self._store.conversations.get(conversation.id, session)
            fresh = await self._store.messages.get(message.id, session)
            seen = (message.status, message.error, None)
            same = fresh is not None and (fresh.status, fresh.error, fresh.via) == seen
            if present is None or fresh is None or not same:
                return Commit(), None
            thread = Thread(present, self._clock())
            thread.carries = other.connector.capabilities
            send_by(thread, fresh, other.channel.id)
            return Commit(conversations=[change_of(thread)]), None

        commit, _ = await self._store.change(work)
        self._bus.publish(commit)
