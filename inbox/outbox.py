"""The only way out. Whoever wrote a message, it leaves from here: in its conversation's order, once.

A conversation's deliveries are claimed by a lease, so one process at a time sends for it. Before each send
the message is marked as `sending` in the same commit that checks who speaks; a message of an older epoch is
cancelled there. What failed for a passing reason holds back the rest of its conversation: order is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from connectors.content import Content
from connectors.contract import Clock, Receipt
from connectors.errors import CredentialsRefused, OptedOut, OutcomeUnknown, SendFailed, Throttled
from connectors.events import DeliveryStatus, Fault
from inbox.actions.consent import by_provider
from inbox.bus import Bus
from inbox.early import EarlyReports
from inbox.fallback import policy_of
from inbox.leases import Leases
from inbox.lines import Line, Lines
from inbox.metrics import SEND_SECONDS, SENDS
from inbox.model.channel import Health
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.conversation import Conversation
from inbox.model.ids import external_key
from inbox.model.message import Message
from inbox.model.retries import GRACE, next_attempt
from inbox.model.thread import Thread
from inbox.objections import objection_to, outbound_of
from inbox.store import Conflict, Store, StoreError
from inbox.worker import Worker

log = structlog.get_logger(__name__)
replace = msgspec.structs.replace

_PATIENT_TRIES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between tries to write down a receipt: without it the message would be sent again."""

BROKEN_OFF = Fault("broken_off", "Sending broke off; the provider may have taken the message.")
NO_CHANNEL = Fault("no_channel", "Not sent: the channel was removed or is switched off.")


Ready = Callable[[Content, Line, str | None], Awaitable[Content]]
"""Brings a content's file to where the provider can have it. Raises `SendFailed`."""


class Outbox:
    """Sends what is queued."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        lines: Lines,
        clock: Clock,
        *,
        at_once: int = 32,
        ready: Ready | None = None,
        elsewhere: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """`elsewhere` gives the channels that only another process can send for at this moment."""
        self._store = store
        self._bus = bus
        self._lines = lines
        self._clock = clock
        self._ready = ready or _as_it_is
        self.early = EarlyReports(store, bus, clock)
        self._leases = Leases("delivery", store, clock, elsewhere=elsewhere)
        due, held = self._leases.due, self._leases
        self.worker = Worker("delivery", store, clock, self.run, at_once=at_once, due=due, leases=held)
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            due = change.after.delivery
            if due and due.owner is None and (change.before is None or change.before.delivery != due):
                self.worker.wake(change.after.id)

    async def run(self, conversation_id: str) -> None:
        """Send all that a conversation has queued, until nothing is left or something must wait."""
        is_over = False
        while not is_over and (claimed := await self._leases.claim(conversation_id)):
            conversation, owner = claimed
            try:
                is_over = await self._send_all(conversation, owner)
            finally:
                self._leases.drop(owner)
                if self.worker.is_stopping:  # another process may go on at once
                    now = self._clock()
                    await self._store.conversations.postpone(conversation_id, "delivery", owner, now)

    async def _send_all(self, conversation: Conversation, owner: str) -> bool:
        """Send what is queued. False if more came just when it seemed to be all."""
        store = self._store.conversations
        while queued := await self._store.messages.to_send(conversation.id, 1):
            if self.worker.is_stopping or not await self._deliver(conversation, queued[0], owner):
                return True
            present = await store.get(conversation.id)
            if present is None or present.delivery is None or present.delivery.owner != owner:
                return True
            conversation = present
        return await store.finish(conversation.id, "delivery", owner, conversation.rev, self._clock())

    async def _deliver(self, conversation: Conversation, message: Message, owner: str) -> bool:
        """Bring one message to an end. False when the conversation has to wait or is no longer ours."""
        line = await self._lines.get(message.goes_by)
        if line is None:
            await self._settle(message, owner, status=DeliveryStatus.FAILED, error=NO_CHANNEL)
            return True
        if wait := await self._doubt(message, owner, line) or line.hold(conversation.id):
            await self._store.conversations.postpone(conversation.id, "delivery", owner, self._clock() + wait)
            return False
        await line.pace(conversation.id)
        try:  # before the message is marked: nothing has been sent yet, however long this takes
            content = await self._ready(message.content, line, None if message.via else conversation.account)
        except SendFailed as error:
            message = replace(message, attempts=message.attempts + 1)
            return await self._failed(message, owner, line, error)
        message, going = await self._begin(message, owner, line)
        if not going:
            return message.status in (DeliveryStatus.CANCELLED, DeliveryStatus.FAILED)
        if not self._leases.is_sure(owner):  # we stood still: somebody else may be about to send it
            await self._settle(message, owner, status=DeliveryStatus.QUEUED, error=None)
            await self._store.conversations.postpone(conversation.id, "delivery", owner, self._clock())
            return False
        outbound = replace(outbound_of(conversation, message), content=content)
        try:
            with SEND_SECONDS.labels(line.channel.id).time():
                receipt = await line.connector.send(outbound)
        except SendFailed as error:
            SENDS.labels(line.channel.id, error.code).inc()
            return await self._failed(message, owner, line, error)
        except Exception:
            log.exception("connector failed", channel=line.channel.id, message=message.id)
            SENDS.labels(line.channel.id, "fault").inc()
            return await self._failed(
                message, owner, line, SendFailed("Parley failed to send it.", code="fault")
            )
        SENDS.labels(line.channel.id, "sent").inc()
        await self._sent(message, receipt)
        await self._note(line, Health("good", None, self._clock()))
        return True

    async def _doubt(self, message: Message, owner: str, line: Line) -> timedelta | None:
        """How long to wait for a report before a message is sent again whose first sending broke off.

        The provider may have taken it: its webhook, which carries our id, is the proof. If the sender died,
        we wait from the attempt on, but no longer back than we have been there: while nobody ran, or the
        store was gone, no report could come in either.
        """
        if message.status != DeliveryStatus.SENDING or line.connector.capabilities.idempotent_send:
            return None
        now = self._clock()
        if message.error is None:
            heard_since = max(self.worker.steady_since or now, message.attempted_at or message.created_at)
            await self._settle(
                message, owner, status=DeliveryStatus.SENDING, error=BROKEN_OFF, attempted_at=heard_since
            )
            message = replace(message, attempted_at=heard_since)
        since = now - (message.attempted_at or message.created_at)
        return GRACE - since if since < GRACE else None

    async def _begin(self, message: Message, owner: str, line: Line) -> tuple[Message, bool]:
        """Mark the message as sending if it may still go. What it is now, and whether to send it."""

        async def work(session: Any) -> tuple[Commit, tuple[Message, bool]]:
            thread, fresh = await self._ours(message, owner, session)
            if thread is None or fresh is None:
                return Commit(), (message, False)
            carries, now = line.connector.capabilities, self._clock()
            against = await objection_to(
                fresh, thread.conversation, carries=carries, store=self._store, now=now, session=session
            )
            if against:
                fresh = thread.change(fresh, status=against.status, error=against.fault)
                return Commit(conversations=[change_of(thread)]), (fresh, False)
            fresh = thread.change(
                fresh,
                status=DeliveryStatus.SENDING,
                error=None,
                attempts=fresh.attempts + 1,
                attempted_at=self._clock(),
            )
            if (policy := policy_of(line.channel)) and policy.after and fresh.via is None:
                thread.look_elsewhere(self._clock() + policy.after)
            return Commit(conversations=[change_of(thread)]), (fresh, True)

        begun: tuple[Message, bool] = await self._write(work)
        return begun

    async def _sent(self, message: Message, receipt: Receipt) -> None:
        key = external_key(message.goes_by, receipt.external_id)

        async def work(session: Any) -> tuple[Commit, None]:
            thread, fresh = await self._ours(message, None, session)
            if thread is None or fresh is None:
                return Commit(), None
            fields: dict[str, Any] = {"external_id": receipt.external_id}
            named = await self._store.messages.named([key], [], session)
            if all(other.id == fresh.id for other in named):  # else the provider gave an id twice
                fields["external_key"] = key
            if fresh.status in (DeliveryStatus.SENDING, DeliveryStatus.QUEUED):
                fields |= {"status": DeliveryStatus.SENT, "error": None}
            thread.change(fresh, **fields)
            return Commit(conversations=[change_of(thread)]), None

        for pause in _PATIENT_TRIES:
            try:
                await self._write(work)
                break
            except (StoreError, Conflict) as error:
                log.warning("receipt not written yet", message=message.id, error=str(error))
                await asyncio.sleep(pause)
        else:
            await self._write(work)
        await self.early.apply([key])

    async def _failed(self, message: Message, owner: str, line: Line, error: SendFailed) -> bool:
        """Try again later, or give the message up. True when the conversation may go on."""
        refused = error.purpose if isinstance(error, OptedOut) else None
        fault = Fault(error.code, str(error), elsewhere=error.elsewhere, refused=refused)
        log.info(
            "send failed",
            channel=line.channel.id,
            conversation=message.conversation_id,
            message=message.id,
            code=error.code,
            attempt=message.attempts,
        )
        if isinstance(error, Throttled) and error.scope == "channel":
            line.slow_down(error.retry_after)
        if isinstance(error, CredentialsRefused):
            await self._note(line, Health("bad", str(error), self._clock()))
        wait = next_attempt(error, message.attempts, self._clock() - message.created_at)
        if wait is None:
            await self._settle(message, owner, status=DeliveryStatus.FAILED, error=fault)
            return True
        unknown = isinstance(error, OutcomeUnknown)
        status = DeliveryStatus.SENDING if unknown else DeliveryStatus.QUEUED
        await self._settle(message, owner, status=status, error=fault, attempts=message.attempts)
        await self._store.conversations.postpone(
            message.conversation_id, "delivery", owner, self._clock() + wait
        )
        return False

    async def _note(self, line: Line, health: Health) -> None:
        """Write down how the channel fares, if that is news."""
        known = line.channel.health
        if (known.state, known.detail) != (health.state, health.detail):
            await self._store.channels.note_health(line.channel.id, health)

    async def _settle(
        self, message: Message, owner: str, *, status: DeliveryStatus, error: Fault | None, **fields: Any
    ) -> None:
        """Write down how an attempt ended, unless a report has already said more."""

        async def work(session: Any) -> tuple[Commit, None]:
            thread, fresh = await self._ours(message, owner, session)
            if thread is None or fresh is None:
                return Commit(), None
            fresh = thread.change(fresh, status=status, error=error, **fields)
            standings, consents = await by_provider(thread, fresh, self._store, session)
            changes = [change_of(thread)]
            return Commit(conversations=changes, standings=standings, consents=consents), None

        await self._write(work)

    async def _ours(
        self, message: Message, owner: str | None, session: Any
    ) -> tuple[Thread | None, Message | None]:
        """The conversation and the message as they are now; None if they are no longer `owner`'s to send."""
        conversation = await self._store.conversations.get(message.conversation_id, session)
        fresh = await self._store.messages.get(message.id, session)
        if conversation is None or fresh is None:
            return None, None
        if owner is not None:
            held = conversation.delivery is not None and conversation.delivery.owner == owner
            if not held or fresh.status not in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING):
                return None, None
        return Thread(conversation, self._clock()), fresh

    async def _write(self, work: Any) -> Any:
        commit, result = await self._store.change(work)
        self._bus.publish(commit)
        return result


async def _as_it_is(content: Content, line: Line, account: str | None) -> Content:
    return content
