"""A webhook of Twilio's: a message, a report on one of ours, or a batch of both by Event Streams.

https://www.twilio.com/docs/messaging/guides/webhook-request
https://www.twilio.com/docs/events/event-types/messaging
"""

import re
from collections.abc import Iterator
from typing import Any

from connectors.contract import Clock, Webhook
from connectors.events import (
    ConsentGiven,
    DeliveryStatus,
    Event,
    Identity,
    IdentityKind,
    MessageReceived,
    Profile,
    StatusChanged,
)
from connectors.sms.fields import oldest_first, our_id, read_all, said_in, unread
from connectors.sms.meanings import fault
from connectors.sms.people import WHATSAPP, number, person
from connectors.sms.times import moment
from connectors.sms.twilio.faults import MEANINGS
from connectors.sms.twilio.inbound import contents
from connectors.tolerant import Json, Malformed, identifier, section, text

STATUSES = {
    "accepted": DeliveryStatus.QUEUED,
    "scheduled": DeliveryStatus.QUEUED,
    "queued": DeliveryStatus.QUEUED,
    "sending": DeliveryStatus.SENDING,
    "sent": DeliveryStatus.SENT,
    "partially_delivered": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.CANCELLED,
}
RECEIVED = ("received", "receiving")
OUR_ID = "parley_id"
"""The name under which our own id travels in the query of the callback's address."""
CONSENT = {
    "STOP": ConsentGiven(granted=False, is_confirmed=True),
    "START": ConsentGiven(granted=True, is_confirmed=True),
}
"""What Twilio's advanced opt-out made of a message, which it has answered by itself."""

_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,140}")
_STREAMED = re.compile(r"com\.twilio\.messaging\.(inbound-message|message)\.([a-z_-]+)")


def read_webhook(webhook: Webhook, *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    try:
        said = said_in(webhook)
        items = list(_items(said))
        ours = webhook.query.get(OUR_ID)
    except Malformed as error:
        return unread(webhook, "Twilio", error)
    return oldest_first(read_all(items, lambda item: _read(item, ours, clock)))


def _items(said: Any) -> Iterator[Any]:
    if isinstance(said, list):
        for each in said:
            yield from _unfolded(each)
    else:
        yield from _unfolded(said)


def _unfolded(item: Any) -> Iterator[Any]:
    """A streamed event as the fields that a webhook would have; nothing for one about something else."""
    if not isinstance(item, dict) or "specversion" not in item:
        yield item
        return
    kind = text(item, "type") or ""
    found = _STREAMED.fullmatch(kind)
    if found is None:
        if kind.startswith("com.twilio."):
            return
        raise Malformed("an event that is none of Twilio's")
    said = section(item, "data")
    fields = {name[:1].upper() + name[1:]: value for name, value in said.items()}
    status = "received" if found[1] == "inbound-message" else found[2].replace("-", "_")
    yield fields | {"MessageStatus": status, "At": text(said, "timestamp") or text(item, "time")}


def _read(item: Json, ours: str | None, clock: Clock) -> list[Event]:
    status = (text(item, "MessageStatus", "SmsStatus") or "").lower()
    if status in STATUSES and not _is_inbound(item, status):
        return [_status(item, STATUSES[status], ours, clock)]
    if status in RECEIVED or _is_inbound(item, status):
        return _messages(item, clock)
    raise Malformed(f"the status “{status}” is unknown" if status else "neither a message nor a report")


def _is_inbound(item: Json, status: str) -> bool:
    return status in RECEIVED or ("Body" in item and "MessageStatus" not in item)


def _messages(item: Json, clock: Clock) -> list[Event]:
    """The message; one for each file if it carries several."""
    sid = identifier(item, "MessageSid", "SmsSid", "SmsMessageSid")
    at = moment(item.get("At")) or clock()
    first, *rest = contents(item)
    message = MessageReceived(
        external_id=sid,
        identities=_sender(item),
        content=first,
        sent_at=at,
        profile=Profile(name=text(item, "ProfileName") or None),
        account=number(text(item, "To")),
        reply_to=text(item, "OriginalRepliedMessageSid") or None,
        forwarded="true" in (text(item, "Forwarded"), text(item, "FrequentlyForwarded")),
        referral={name: value for name, value in item.items() if name.startswith("Referral") and value},
        consent=CONSENT.get((text(item, "OptOutType") or "").upper()),
        is_answered=bool(text(item, "OptOutType")),
    )
    more = [
        MessageReceived(
            external_id=f"{sid}/{place}",
            identities=message.identities,
            content=content,
            sent_at=at,
            profile=message.profile,
            account=message.account,
        )
        for place, content in enumerate(rest, 1)
    ]
    return [message, *more]


def _sender(item: Json) -> tuple[Identity, ...]:
    """All names of the sender. A WhatsApp user who hides the number is known by the id alone."""
    given = (text(item, "From") or "").strip()
    plain = given.removeprefix(WHATSAPP)
    hidden = (text(item, "ExternalUserId") or "").strip().removeprefix(WHATSAPP)
    names = [Identity(IdentityKind.BSUID, each) for each in (hidden,) if _BSUID.fullmatch(each)]
    if _BSUID.fullmatch(plain):
        names = names or [Identity(IdentityKind.BSUID, plain)]
        plain = (text(item, "WaId") or "").strip()
    if plain or not names:
        names.append(person(plain))
    return tuple(names)


def _status(item: Json, status: DeliveryStatus, ours: str | None, clock: Clock) -> StatusChanged:
    code = text(item, "ErrorCode") or None
    code = None if code == "0" else code
    words = text(item, "ErrorMessage", "ChannelStatusMessage")
    at = moment(item.get("At")) or moment(item.get("RawDlrDoneDate")) or clock()
    failed = status is DeliveryStatus.FAILED
    return StatusChanged(
        external_id=identifier(item, "MessageSid", "SmsSid", "SmsMessageSid"),
        status=status,
        at=at,
        account=number(text(item, "From")),
        message_id=our_id(ours),
        fault=fault(code, MEANINGS, words, "Twilio") if failed or code else None,
    )
