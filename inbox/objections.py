"""What leaves, and what may speak against it at the moment in which it would leave, whoever wrote it.

Asked in the transaction that marks the message as sending. So who opted out in that very moment, or took the
conversation over, either stops the message or comes after it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.content import Template
from connectors.contract import Capabilities, Outbound
from connectors.events import DeliveryStatus, Fault, Purpose
from inbox.model.consent import Refusal, Refusals, refused
from inbox.model.conversation import Conversation
from inbox.model.message import Message

STALE = Fault("stale_speaker", "Not sent: someone else had taken over the conversation by then.")
STALE_IN_DOUBT = Fault(
    "stale_speaker", "Perhaps sent: the provider's answer was lost, and someone else has taken over since."
)
WINDOW_CLOSED = Fault(
    "window_closed",
    "Not sent: more than {hours:.0f} hours have passed since the customer wrote; only a template may go.",
)


class Objection(NamedTuple):
    """Why the message does not leave, and what becomes of it."""

    fault: Fault
    status: DeliveryStatus = DeliveryStatus.CANCELLED


def objection_to(
    message: Message, conversation: Conversation, refusals: Refusals, *, carries: Capabilities, now: datetime
) -> Objection | None:
    """Why the message must not leave, None if it may.

    `refusals` are what its customer refuses on the channel by which it goes, as the transaction sees it.
    """
    if message.purpose is Purpose.CONSENT:
        return None
    if message.epoch != conversation.speaker.epoch:
        return Objection(STALE if message.status == DeliveryStatus.QUEUED else STALE_IN_DOUBT)
    if refusal := refused(refusals, message.purpose):
        return Objection(opted_out(refusal))
    closes = window_of(conversation, carries)
    if closes and now >= closes and message.via is None and not isinstance(message.content, Template):
        words = WINDOW_CLOSED.message.format(hours=carries.window_hours)
        return Objection(Fault(WINDOW_CLOSED.code, words), DeliveryStatus.FAILED)
    return None


def opted_out(refusal: Refusal) -> Fault:
    """In words for an agent."""
    what = "marketing" if refusal.purpose is Purpose.MARKETING else "all messages here"
    return Fault("opted_out", f"Not sent: the customer opted out of {what} on {refusal.at:%d %B %Y}.")


def window_of(conversation: Conversation, carries: Capabilities) -> datetime | None:
    """Until when the channel takes more than templates; None if it always does."""
    if carries.window_hours is None:
        return None
    if conversation.window_closes_at or conversation.last_inbound_at is None:
        return conversation.window_closes_at
    return conversation.last_inbound_at + timedelta(hours=carries.window_hours)


def outbound_of(conversation: Conversation, message: Message) -> Outbound:
    """What the connector is given."""
    return Outbound(
        message_id=message.id,
        to=conversation.to,
        content=message.content,
        account=None if message.via else conversation.account,
        reply_to=None if message.via else message.reply_to,
        purpose=message.purpose,
        attempt=message.attempts,
    )
