"""What is written around one send: that it begins, that it arrived at the provider, or why it did not.

Whoever has claimed a conversation's deliveries knows how it stood then. As long as nobody else changes it,
each commit is worked out from that and written only at the `rev` it was worked out from, while the claim is
ours; where that fails, everything is read and worked out again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from connectors.contract import Clock, Receipt
from connectors.events import DeliveryStatus, Fault
from inbox.actions.consent import by_provider
from inbox.bus import Bus
from inbox.fallback import policy_of
from inbox.lines import Line
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import Conversation
from inbox.model.ids import external_key
from inbox.model.message import Message
from inbox.model.thread import Thread
from inbox.objections import objection_to
from inbox.store import Store

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


class Sending:
    """Writes what becomes of messages on their way out."""

    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock

    async def begin(self, round: Round, message: Message, line: Line) -> tuple[Message, bool]:
        """Mark the message as sending if it may still go. What it is now, and whether to send it."""

        async def edit(thread: Thread, fresh: Message, session: Any) -> tuple[Message, bool]:
            carries, now = line.connector.capabilities, self._clock()
            against = await objection_to(
                fresh, thread.conversation, carries=carries, store=self._store, now=now, session=session
            )
            if against:
                return thread.change(fresh, status=against.status, error=against.fault), False
            fresh = thread.change(
                fresh,
                status=DeliveryStatus.SENDING,
                error=None,
                attempts=fresh.attempts + 1,
                attempted_at=now,
            )
            if (policy := policy_of(line.channel)) and policy.after and fresh.via is None:
                thread.look_elsewhere(now + policy.after)
            return fresh, True

        begun = await self._change(round, message, edit, owned=True)
        return begun or (message, False)

    async def sent(self, round: Round, message: Message, receipt: Receipt) -> str:
        """The provider has it, under this id. Its `external_key`.

        If nothing else is queued, the claim is given back in the same commit.
        """
        key = external_key(message.goes_by, receipt.external_id)

        async def edit(thread: Thread, fresh: Message, session: Any) -> None:
            fields: dict[str, Any] = {"external_id": receipt.external_id}
            if round.is_known:  # a key that another message has makes this fail, and it is looked at below
                fields["external_key"] = key
            else:
                named = await self._store.messages.named([key], [], session)
                if all(other.id == fresh.id for other in named):  # else the provider gave an id twice
                    fields["external_key"] = key
            if fresh.status in _OPEN:
                fields |= {"status": DeliveryStatus.SENT, "error": None}
            thread.change(fresh, **fields)
            if round.is_known and round.is_last:
                thread.set(delivery=None)

        await self._change(round, message, edit, owned=False)
        return key

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
        edit: Callable[[Thread, Message, Any], Awaitable[T]],
        *,
        owned: bool,
    ) -> T | None:
        """Commit `edit(thread, message, session)`; None, changing nothing, if it is no longer ours to change.

        With `owned` the claim must still be ours.
        """
        is_first = True

        async def work(session: Any) -> tuple[Commit, tuple[Thread, T] | None]:
            nonlocal is_first
            round.is_known = round.is_known and is_first
            is_first = False
            thread: Thread | None = Thread(round.conversation, self._clock())
            fresh: Message | None = message
            if not round.is_known:
                thread, fresh = await self._ours(round, message, session, owned=owned)
            if thread is None or fresh is None:
                return Commit(), None
            result = await edit(thread, fresh, session)
            guarded = owned or round.is_known  # another's claim changes no `rev`
            holder = ("delivery", round.owner) if guarded else None
            return Commit(conversations=[change_of(thread, holder=holder)]), (thread, result)

        commit, done = await self._store.change(work)
        self._bus.publish(commit)
        if done is None:
            return None
        round.conversation = done[0].conversation
        return done[1]

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
