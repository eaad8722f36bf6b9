"""The only way out. Whoever wrote a message, it leaves from here: in its conversation's order, once.

A conversation's deliveries are claimed by a lease, so one process at a time sends for it. Before each send
the message is marked as `sending` in the same commit that checks who speaks; a message of an older epoch is
cancelled there. What failed for a passing reason holds back the rest of its conversation: order is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from connectors.content import Content
from connectors.contract import Clock, Receipt
from connectors.errors import CredentialsRefused, OptedOut, OutcomeUnknown, SendFailed, Throttled
from connectors.events import DeliveryStatus, Fault
from inbox.bus import Bus
from inbox.early import EarlyReports
from inbox.joined import Joined
from inbox.joint import Joint
from inbox.leases import Leases
from inbox.lines import Line, Lines
from inbox.metrics import SEND_SECONDS, SENDS
from inbox.model.channel import Health
from inbox.model.commit import ConversationChange
from inbox.model.message import Message
from inbox.model.retries import GRACE, next_attempt
from inbox.objections import outbound_of
from inbox.passages import Begun, Passages
from inbox.sending import Round, Sending
from inbox.store import Conflict, Store, StoreError
from inbox.worker import Worker

log = structlog.get_logger(__name__)
replace = msgspec.structs.replace

_AT_A_TIME = 20
"""How many queued messages of a conversation are read at once."""

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
        at_once: int = 64,
        ready: Ready | None = None,
        elsewhere: Callable[[], Collection[str]] = tuple,
        heard_since: Callable[[str], datetime | None] = lambda _: None,
        joint: Joint | None = None,
    ) -> None:
        """`elsewhere` gives the channels that only another process can send for at this moment.

        `heard_since` tells since when a channel's reports can reach us, None if they always can. `joint`
        writes what several conversations commit together.
        """
        self._store = store
        self._lines = lines
        self._clock = clock
        self._ready = ready or _as_it_is
        self._heard_since = heard_since
        self._sending = Sending(store, bus, joint or Joint(store, bus), clock)
        self.early = EarlyReports(store, bus, clock)
        self._leases = Leases("delivery", store, clock, elsewhere=elsewhere)
        due, held = self._leases.due, self._leases
        self.worker = Worker("delivery", store, clock, self.run, at_once=at_once, due=due, leases=held)
        self.passages = Passages(lines, clock, self.worker, self._leases, elsewhere)
        self._queued = Joined(self._to_send)
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            due = change.after.delivery
            if due is None or (change.before and change.before.delivery == due):
                continue
            if due.owner is None or self.passages.is_open(change):
                self.worker.wake(change.after.id)

    async def run(self, conversation_id: str) -> None:
        """Send all that a conversation has queued, until nothing is left or something must wait."""
        begun, is_over = self.passages.take(conversation_id), False
        while not is_over:
            claimed = (
                (begun.conversation, begun.owner) if begun else await self._leases.claim(conversation_id)
            )
            if claimed is None:
                return
            round = Round(*claimed)
            try:
                goes_on = begun is None or await self._go_on(round, begun)
                is_over = not goes_on or round.is_over or await self._send_all(round)
            finally:
                self._leases.drop(round.owner)
                if self.worker.is_stopping:  # another process may go on at once
                    now = self._clock()
                    await self._store.conversations.postpone(conversation_id, "delivery", round.owner, now)
            begun = None

    async def _send_all(self, round: Round) -> bool:
        """Send what is queued. False if more came just when it seemed to be all."""
        store, at = self._store.conversations, round.conversation.id
        if not round.is_known and not await self._look_again(round):
            return True
        while queued := await self._queued.ask(at):
            for place, message in enumerate(queued):
                round.is_last = place == len(queued) - 1 and len(queued) < _AT_A_TIME
                if self.worker.is_stopping or not await self._deliver(round, message) or round.is_over:
                    return True
                if not round.is_known:  # others have changed it: look anew at what is queued
                    if not await self._look_again(round):
                        return True
                    break
        return await store.finish(at, "delivery", round.owner, round.conversation.rev, self._clock())

    async def _look_again(self, round: Round) -> bool:
        """Read the conversation, which others have changed. False if its deliveries are no longer ours."""
        present = await self._store.conversations.get(round.conversation.id)
        if present is None or present.delivery is None or present.delivery.owner != round.owner:
            return False
        round.conversation, round.is_known = present, True
        return True

    async def _to_send(self, ids: list[str]) -> list[list[Message]]:
        queued = await self._store.messages.to_send_in(ids, _AT_A_TIME)
        return [queued[conversation_id] for conversation_id in ids]

    async def _go_on(self, round: Round, begun: Begun) -> bool:
        """Send a message that was written as already leaving. Answers as `_deliver`."""
        message = begun.message
        round.is_last = begun.is_last
        line = await self._lines.get(message.goes_by)
        if line is None:
            await self._sending.settle(round, message, status=DeliveryStatus.FAILED, error=NO_CHANNEL)
            return True
        await begun.pace
        return await self._send(round, message, line, message.content)

    async def _deliver(self, round: Round, message: Message) -> bool:
        """Bring one message to an end. False when the conversation has to wait or is no longer ours."""
        at, owner = message.conversation_id, round.owner
        if message.held_until and message.held_until > self._clock():
            await self._store.conversations.postpone(at, "delivery", owner, message.held_until)
            return False
        line = await self._lines.get(message.goes_by)
        if line is None:
            await self._sending.settle(round, message, status=DeliveryStatus.FAILED, error=NO_CHANNEL)
            return True
        if wait := await self._doubt(round, message, line) or line.hold(at):
            await self._store.conversations.postpone(at, "delivery", owner, self._clock() + wait)
            return False
        await line.pace(at)
        try:  # before the message is marked: nothing has been sent yet, however long this takes
            account = None if message.via else round.conversation.account
            content = await self._ready(message.content, line, account)
        except SendFailed as error:
            message = replace(message, attempts=message.attempts + 1)
            return await self._failed(round, message, line, error)
        message, going = await self._sending.begin(round, message, line)
        if not going:
            return message.status in (DeliveryStatus.CANCELLED, DeliveryStatus.FAILED)
        return await self._send(round, message, line, content)

    async def _send(self, round: Round, message: Message, line: Line, content: Content) -> bool:
        """Hand a message that is marked as sending to its provider. Answers as `_deliver`."""
        at, owner = message.conversation_id, round.owner
        if not self._leases.is_sure(owner):  # we stood still: somebody else may be about to send it
            await self._sending.settle(round, message, status=DeliveryStatus.QUEUED, error=None)
            await self._store.conversations.postpone(at, "delivery", owner, self._clock())
            return False
        outbound = replace(outbound_of(round.conversation, message), content=content)
        try:
            with SEND_SECONDS.labels(line.channel.id).time():
                receipt = await line.connector.send(outbound)
        except SendFailed as error:
            SENDS.labels(line.channel.id, error.code).inc()
            return await self._failed(round, message, line, error)
        except Exception:
            log.exception("connector failed", channel=line.channel.id, message=message.id)
            SENDS.labels(line.channel.id, "fault").inc()
            return await self._failed(
                round, message, line, SendFailed("Parley failed to send it.", code="fault")
            )
        SENDS.labels(line.channel.id, "sent").inc()
        await self._sent(round, message, receipt)
        await self._note(line, Health("good", None, self._clock()))
        return True

    async def _doubt(self, round: Round, message: Message, line: Line) -> timedelta | None:
        """How long to wait for a report before a message is sent again whose first sending broke off.

        The provider may have taken it: its webhook, which carries our id, is the proof. If the sender died,
        we wait from the attempt on, but no longer back than we have been there: while nobody ran, the store
        was gone, or the line was down by which reports come, none could come in either.
        """
        if message.status != DeliveryStatus.SENDING or line.connector.capabilities.idempotent_send:
            return None
        now, since = self._clock(), message.attempted_at or message.created_at
        if message.error is None:
            since = max(self.worker.steady_since or now, since)
            await self._sending.settle(
                round, message, status=DeliveryStatus.SENDING, error=BROKEN_OFF, attempted_at=since
            )
        waited = now - max(since, self._heard_since(message.goes_by) or since)
        return GRACE - waited if waited < GRACE else None

    async def _sent(self, round: Round, message: Message, receipt: Receipt) -> None:
        for pause in _PATIENT_TRIES:
            try:
                key = await self._sending.sent(round, message, receipt)
                break
            except (StoreError, Conflict) as error:
                round.is_known = False
                log.warning("receipt not written yet", message=message.id, error=str(error))
                await asyncio.sleep(pause)
        else:
            key = await self._sending.sent(round, message, receipt)
        await self.early.apply_to(key)
        await self._sending.acquaint(round, message, receipt)

    async def _failed(self, round: Round, message: Message, line: Line, error: SendFailed) -> bool:
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
            await self._sending.settle(round, message, status=DeliveryStatus.FAILED, error=fault)
            return True
        unknown = isinstance(error, OutcomeUnknown)
        status = DeliveryStatus.SENDING if unknown else DeliveryStatus.QUEUED
        await self._sending.settle(round, message, status=status, error=fault, attempts=message.attempts)
        await self._store.conversations.postpone(
            message.conversation_id, "delivery", round.owner, self._clock() + wait
        )
        return False

    async def _note(self, line: Line, health: Health) -> None:
        """Write down how the channel fares, if that is news."""
        known = line.channel.health
        if (known.state, known.detail) != (health.state, health.detail):
            await self._store.channels.note_health(line.channel.id, health)


async def _as_it_is(content: Content, line: Line, account: str | None) -> Content:
    return content
