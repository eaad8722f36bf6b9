"""What is written around one send: that it begins, that it arrived at the provider, or why it did not.

Whoever has claimed a conversation's deliveries knows how it stood then. As long as nobody else changes it,
each commit is worked out from that and joined with others' (`inbox/joint.py`); where that fails, everything
is read and worked out again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import structlog

from connectors.contract import Clock, Receipt
from connectors.events import DeliveryStatus, Fault
from inbox.actions.acquaint import acquaint, is_news
from inbox.actions.consent import by_provider
from inbox.bus import Bus
from inbox.fallback import policy_of
from inbox.joint import Draft, Joint
from inbox.lines import Line
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.consent import Refusals
from inbox.model.conversation import Conversation
from inbox.model.ids import external_key
from inbox.model.message import Message
from inbox.model.thread import Thread
from inbox.objections import objection_to
from inbox.store import Conflict, Store, StoreError, Unwritable

log = structlog.get_logger(__name__)

T = TypeVar("T")
_OPEN = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


class Round:
    """One conversation whose deliveries are claimed, as far as we know it."""

    def __init__(self, conversation: Conversation, owner: str) -> None:
        self.conversation = conversation
        self.owner = owner
        self.is_known = True
        """Whether nobody else has changed it since it was read, as far as we have noticed."""
        self.is_last = False
        """Whether the message in hand is all that is queued."""

    @property
    def is_over(self) -> bool:
        """Whether the claim is given back."""
        return self.conversation.delivery is None


class Seen(NamedTuple):
    """What an edit must know besides the conversation and the message."""

    refusals: Refusals = ()
    """What the customer refuses on the channel by which the message goes."""
    is_new: bool = True
    """Whether no other message has the provider's id. If that was wrong, nothing is written."""


Edit = Callable[[Thread, Message, Seen], T]


def mark(
    thread: Thread, message: Message, refusals: Refusals, *, line: Line, now: datetime
) -> tuple[Message, bool]:
    """Mark the message as sending if it may leave. What it is now, and whether to send it."""
    carries = line.connector.capabilities
    if against := objection_to(message, thread.conversation, refusals, carries=carries, now=now):
        return thread.change(message, status=against.status, error=against.fault), False
    message = thread.change(
        message, status=DeliveryStatus.SENDING, error=None, attempts=message.attempts + 1, attempted_at=now
    )
    if (policy := policy_of(line.channel)) and policy.after and message.via is None:
        thread.look_elsewhere(now + policy.after)
    return message, True


class Sending:
    """Writes what becomes of messages on their way out."""

    def __init__(self, store: Store, bus: Bus, joint: Joint, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._joint = joint
        self._clock = clock

    async def begin(self, round: Round, message: Message, line: Line) -> tuple[Message, bool]:
        """Mark the message as sending if it may still go. What it is now, and whether to send it."""

        def edit(thread: Thread, fresh: Message, seen: Seen) -> tuple[Message, bool]:
            return mark(thread, fresh, seen.refusals, line=line, now=thread.now)

        begun = await self._change(round, message, edit, owned=True, leaves_by=message.goes_by)
        return begun or (message, False)

    async def sent(self, round: Round, message: Message, receipt: Receipt) -> str:
        """The provider has it, under this id. Its `external_key`.

        If nothing else is queued, the claim is given back in the same commit.
        """
        key = external_key(message.goes_by, receipt.external_id)

        def edit(thread: Thread, fresh: Message, seen: Seen) -> None:
            fields: dict[str, Any] = {"external_id": receipt.external_id}
            if seen.is_new:  # else the provider gave an id twice
                fields["external_key"] = key
            if fresh.status in _OPEN:
                fields |= {"status": DeliveryStatus.SENT, "error": None}
            thread.change(fresh, **fields)
            if round.is_known and round.is_last:
                thread.set(delivery=None)

        await self._change(round, message, edit, owned=False, key=key)
        return key

    async def acquaint(self, round: Round, message: Message, receipt: Receipt) -> None:
        """Give the contact a name that the provider's answer told. It may fail: reports tell it again."""
        at = round.conversation
        if message.via is not None or not is_news(receipt.identities, at.to):
            return
        round.is_known = False
        try:
            await acquaint(at.id, receipt.identities, store=self._store, bus=self._bus, now=self._clock())
        except (Conflict, StoreError, Unwritable) as error:
            log.warning("contact not acquainted", conversation=at.id, error=str(error))

    async def settle(
        self, round: Round, message: Message, *, status: DeliveryStatus, error: Fault | None, **fields: Any
    ) -> None:
        """Write down how an attempt ended, unless a report has already said more."""
        round.is_known = False

        async def work(session: Any) -> tuple[Commit, None]:
            thread, fresh = await self._ours(round, message, session, owned=True)
            if thread is None or fresh is None:
                return Commit(), None
            fresh = thread.change(fresh, status=status, error=error, **fields)
            standings, consents = await by_provider(thread, fresh, self._store, session)
            changes = [change_of(thread)]
            return Commit(conversations=changes, standings=standings, consents=consents), None

        commit, _ = await self._store.change(work)
        self._bus.publish(commit)

    async def _change(
        self,
        round: Round,
        message: Message,
        edit: Edit[T],
        *,
        owned: bool,
        leaves_by: str | None = None,
        key: str | None = None,
    ) -> T | None:
        """Commit `edit(thread, message, seen)`; None, changing nothing, if it is no longer ours to change.

        With `owned` the claim must still be ours. `edit` is told what is refused on the channel `leaves_by`,
        and whether no other message has the external key `key`.
        """
        results: list[T] = []
        holder = ("delivery", round.owner)

        def draw(refusals: Refusals) -> ConversationChange:
            thread = Thread(round.conversation, self._clock())
            results.append(edit(thread, message, Seen(refusals)))
            return change_of(thread, holder=holder)  # guarded in any case: another's claim changes no `rev`

        if round.is_known:
            change = await self._joint.write(Draft(round.conversation, draw, leaves_by))
            if change:
                round.conversation = change.after
                return results[-1]
            round.is_known = False

        async def work(session: Any) -> tuple[Commit, tuple[Conversation, T] | None]:
            thread, fresh = await self._ours(round, message, session, owned=owned)
            if thread is None or fresh is None:
                return Commit(), None
            result = edit(thread, fresh, await self._see(thread, fresh, leaves_by, key, session))
            change = change_of(thread, holder=holder if owned else None)
            return Commit(conversations=[change]), (change.after, result)

        commit, done = await self._store.change(work)
        self._bus.publish(commit)
        if done is None:
            return None
        round.conversation = done[0]
        return done[1]

    async def _see(
        self, thread: Thread, message: Message, leaves_by: str | None, key: str | None, session: Any
    ) -> Seen:
        refusals: Refusals = ()
        others: list[Message] = []
        if leaves_by:
            addresses = [identity.key for identity in thread.conversation.to]
            contact_id = thread.conversation.contact_id
            refusals = await self._store.consents.refusals(leaves_by, addresses, contact_id, session)
        if key:
            others = await self._store.messages.named([key], [], session)
        return Seen(refusals, is_new=all(other.id == message.id for other in others))

    async def _ours(
        self, round: Round, message: Message, session: Any, *, owned: bool
    ) -> tuple[Thread | None, Message | None]:
        """The conversation and the message as they are now; None if they are not ours to change."""
        conversation = await self._store.conversations.get(message.conversation_id, session)
        fresh = await self._store.messages.get(message.id, session)
        if conversation is None or fresh is None:
            return None, None
        if owned:
            held = conversation.delivery is not None and conversation.delivery.owner == round.owner
            if not held or fresh.status not in _OPEN:
                return None, None
        return Thread(conversation, self._clock()), fresh
