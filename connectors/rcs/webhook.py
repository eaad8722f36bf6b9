"""A webhook taken apart: Google's envelope, or what the Indian carriers make of it.

https://developers.google.com/business-communications/rcs-business-messaging/guides/build/events/receive-events
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from connectors.content import Choice, System
from connectors.contract import Clock
from connectors.events import (
    ConsentGiven,
    CustomerTyped,
    DeliveryStatus,
    Event,
    Fault,
    MessageReceived,
    StatusChanged,
    Unreadable,
)
from connectors.rcs.carriers import plain
from connectors.rcs.envelope import Letter, enclosed, opened
from connectors.rcs.faults import EXPIRED, REVOKE_FAILED, reported
from connectors.rcs.inbound import read
from connectors.rcs.names import EVENT, as_ours, external_id, phone
from connectors.rcs.suggestions import answered
from connectors.rcs.times import moment
from connectors.tolerant import Json, Malformed, decode, identifier, keepable, text

STATUSES = {
    "SENT": DeliveryStatus.SENT,
    "DELIVERED": DeliveryStatus.DELIVERED,
    "READ": DeliveryStatus.READ,
    "FAILED": DeliveryStatus.FAILED,
    EXPIRED: DeliveryStatus.FAILED,
    REVOKE_FAILED: DeliveryStatus.SENT,
}
"""How far a report says that a message has come. If it could not be revoked it may still arrive: sent."""

CONSENT = {
    "SUBSCRIBE": (System("subscribed", "The customer subscribed to this agent's messages."), True),
    "UNSUBSCRIBE": (System("unsubscribed", "The customer unsubscribed from this agent's messages."), False),
}
"""What is kept of the customer's switch, and whether it is on. The phone shows that it was switched."""

NOTICES = frozenset({"verification", "agent_launch_event", "agent_verification_event", "brand_verification"})
"""`attributes.type` of what is about the agent, not about a customer."""


def read_webhook(body: bytes, *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    try:
        items = list(_items(body))
    except Malformed as error:
        return [Unreadable(reason=f"RCS webhook: {error}.", raw=body.decode("utf-8", "replace"))]
    found = [(at, event) for item in items for at, event in _events(item, clock)]
    if len(found) > 1:
        found.sort(key=lambda pair: pair[0])
    return [event for _, event in found]


def _items(body: bytes) -> Iterator[Any]:
    """The events in a body as Google writes them. Where bytes are signed, nothing but them is read."""
    letter = opened(body)
    if letter is not None:
        yield from _in_letter(letter)
        return
    whole = decode(body)
    for each in whole if type(whole) is list else [whole]:
        inner = enclosed(each)
        if inner is not None:
            yield from _in_letter(inner)
        else:
            yield each


def _in_letter(letter: Letter) -> Iterator[Any]:
    try:
        item = decode(letter.data)
    except Malformed as error:
        raise Malformed(f"what Google signed cannot be read: {error}") from error
    if not _is_notice(item, letter.attributes):
        yield item


def _is_notice(item: Any, attributes: Json) -> bool:
    """Whether it is about the agent. Attributes are not signed, so they alone silence no customer."""
    if type(item) is not dict or "senderPhoneNumber" in item or "phoneNumber" in item:
        return False
    kind = text(attributes, "type") or ""
    return kind in NOTICES or kind.endswith("_event") or "newLaunchState" in item


def _events(item: Any, clock: Clock) -> Iterator[tuple[datetime, Event]]:
    """The event of one item with its time; the time of what has none is now."""
    if type(item) is not dict:
        yield clock(), Unreadable(reason="An RCS event that is no object.", raw=keepable(item))
        return
    account = None
    try:
        google = plain(item)
        if google is None:
            return
        account, at = text(google, "agentId", "botId"), moment(google, "sendTime", "timestamp") or clock()
        reader = EVENTS.get(_event_type(google), _status)
        yield at, reader(google, account, at)
    except Malformed as error:
        yield clock(), Unreadable(reason=f"RCS: {error}.", raw=keepable(item), account=account)
    except Exception as error:  # a fault of ours must not take the items beside this one along
        reason = f"Our reader of RCS failed with {type(error).__name__}."
        yield clock(), Unreadable(reason=reason, raw=keepable(item), account=account)


def _event_type(item: Json) -> str:
    kind = item.get("eventType")
    if kind is None:
        return ""
    if type(kind) is not str:
        raise Malformed("“eventType” is no text")
    return kind


def _message(item: Json, account: str | None, at: datetime) -> Event:
    sender = phone(identifier(item, "senderPhoneNumber", "userPhoneNumber"))
    content, reply_to = read(item), None
    if isinstance(content, Choice):
        content, reply_to = answered(content)
    return MessageReceived(
        external_id=external_id(sender.value, identifier(item, "messageId")),
        identities=(sender,),
        content=content,
        sent_at=at,
        account=account,
        reply_to=reply_to,
    )


def _consent(item: Json, account: str | None, at: datetime) -> Event:
    sender = phone(identifier(item, "senderPhoneNumber", "phoneNumber", "userPhoneNumber"))
    event_id = text(item, "eventId") or hashlib.sha256(msgspec.json.encode(item)).hexdigest()[:32]
    content, granted = CONSENT[item["eventType"]]
    return MessageReceived(
        external_id=external_id(sender.value, f"{EVENT}{event_id[:256]}"),
        identities=(sender,),
        content=content,
        consent=ConsentGiven(granted=granted, is_confirmed=True),
        sent_at=at,
        account=account,
    )


def _typed(item: Json, account: str | None, at: datetime) -> Event:
    sender = phone(identifier(item, "senderPhoneNumber", "userPhoneNumber"))
    return CustomerTyped(identities=(sender,), at=at, account=account)


def _status(item: Json, account: str | None, at: datetime) -> Event:
    kind = _event_type(item)
    status = STATUSES.get(kind)
    if status is None:
        raise Malformed(f"the event “{kind[:60]}” is unknown")
    message_id = identifier(item, "messageId")
    fault: Fault | None = None
    if status is DeliveryStatus.FAILED or kind == REVOKE_FAILED:
        fault = reported(kind, item)
    return StatusChanged(
        external_id=message_id,
        status=status,
        at=at,
        account=account,
        message_id=None if item.get("foreignId") else as_ours(message_id),
        fault=fault,
    )


EVENTS: dict[str, Callable[[Json, str | None, datetime], Event]] = {
    "": _message,
    "IS_TYPING": _typed,
    "SUBSCRIBE": _consent,
    "UNSUBSCRIBE": _consent,
}
"""How an item is read, by its event type; a message has none, and all others are reports."""
