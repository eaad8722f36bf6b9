"""Vonage's webhooks: messages and receipts of the SMS API, and of the Messages API.

https://developer.vonage.com/en/api/sms#webhooks and https://developer.vonage.com/en/api/messages#webhooks
"""

from connectors.content import Content, Text, Unsupported
from connectors.contract import Clock, Webhook
from connectors.events import DeliveryStatus, Event, MessageReceived, Profile, StatusChanged
from connectors.sms.fields import oldest_first, our_id, read_all, said_in, unread
from connectors.sms.files import file_at, point
from connectors.sms.meanings import fault
from connectors.sms.people import number, person
from connectors.sms.times import moment
from connectors.sms.vonage.faults import BY_MESSAGES_CODE, BY_RECEIPT_CODE
from connectors.tolerant import Json, Malformed, identifier, keepable, section, text
from connectors.tolerant import number as numeric

RECEIPTS = {
    "accepted": DeliveryStatus.SENT,
    "buffered": DeliveryStatus.SENT,
    "submitted": DeliveryStatus.SENT,
    "unknown": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "expired": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "rejected": DeliveryStatus.FAILED,
    "undeliverable": DeliveryStatus.FAILED,
    "deleted": DeliveryStatus.FAILED,
}


def read_webhook(webhook: Webhook, *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    try:
        said = said_in(webhook)
    except Malformed as error:
        return unread(webhook, "Vonage", error)
    items = said if isinstance(said, list) else [said]
    return oldest_first(read_all(items, lambda item: [_read(item, clock)]))


def _read(item: Json, clock: Clock) -> Event:
    """The Messages API names its messages `message_uuid`, the SMS API `messageId`."""
    if "message_uuid" in item or "message_type" in item:
        return _status(item, clock) if "status" in item else _message(item, clock)
    if "status" in item:
        return _receipt(item, clock)
    return _short_message(item, clock)


def _short_message(item: Json, clock: Clock) -> MessageReceived:
    return MessageReceived(
        external_id=identifier(item, "messageId", "message-id"),
        identities=(person(text(item, "msisdn", "from") or ""),),
        content=_content(item),
        sent_at=moment(item.get("message-timestamp")) or moment(item.get("timestamp")) or clock(),
        account=number(text(item, "to")),
    )


def _content(item: Json) -> Content:
    kind = text(item, "type") or "text"
    if kind == "binary":
        return Unsupported(raw_type="binary", raw=keepable(item))
    words = text(item, "text")
    if words is None:
        raise Malformed("the message has no text")
    return Text(words)


def _receipt(item: Json, clock: Clock) -> StatusChanged:
    """A delivery receipt. Its `to` is our sender, its `msisdn` the customer."""
    status = _status_named(item)
    code = text(item, "err-code") or "0"
    code = (text(item, "status") or "").lower() if code == "0" else code
    at = moment(item.get("message-timestamp")) or moment(item.get("scts")) or clock()
    failed = status is DeliveryStatus.FAILED
    return StatusChanged(
        external_id=identifier(item, "messageId", "message-id"),
        status=status,
        at=at,
        account=number(text(item, "to")),
        message_id=our_id(text(item, "client-ref")),
        fault=fault(code, BY_RECEIPT_CODE, None, "Vonage") if failed else None,
        pricing={"price": price} if (price := text(item, "price")) else {},
    )


def _message(item: Json, clock: Clock) -> MessageReceived:
    profile, context = section(item, "profile"), section(item, "context")
    return MessageReceived(
        external_id=identifier(item, "message_uuid"),
        identities=(person(_name(item, "from")),),
        content=_said(item),
        sent_at=moment(item.get("timestamp")) or clock(),
        profile=Profile(name=text(profile, "name") or None),
        account=number(_name(item, "to")),
        reply_to=text(context, "message_uuid") or None,
    )


def _name(item: Json, key: str) -> str:
    """A number; older versions of the API wrote an object with it."""
    said = item.get(key)
    if isinstance(said, dict):
        return text(said, "number", "id") or ""
    return text(item, key) or ""


def _said(item: Json) -> Content:
    said = section(section(item, "message"), "content") or item
    kind = text(item, "message_type") or text(said, "type") or "unknown"
    if kind == "text":
        words = text(said, "text")
        if words is None:
            raise Malformed("the message has no text")
        return Text(words)
    if kind in ("image", "audio", "video", "file", "vcard", "sticker"):
        return _file(kind, section(said, kind))
    if kind == "location":
        return _place(section(said, "location"))
    return Unsupported(raw_type=kind, raw=keepable(item))


def _file(kind: str, said: Json) -> Content:
    url = text(said, "url")
    if not url:
        raise Malformed(f"the {kind} has no address")
    mime_type = "text/vcard" if kind == "vcard" else None
    return file_at(url, mime_type, kind=kind, caption=text(said, "caption"), filename=text(said, "name"))


def _place(said: Json) -> Content:
    return point(numeric(said, "lat"), numeric(said, "long"), text(said, "name"), text(said, "address"))


def _status(item: Json, clock: Clock) -> StatusChanged:
    status, said = _status_named(item), section(item, "error")
    code = _code(said)
    words = text(said, "detail", "reason") or text(said, "title")
    return StatusChanged(
        external_id=identifier(item, "message_uuid"),
        status=status,
        at=moment(item.get("timestamp")) or clock(),
        account=number(_name(item, "from")),
        message_id=our_id(text(item, "client_ref")),
        fault=fault(code, BY_MESSAGES_CODE, words, "Vonage") if said or status is _FAILED else None,
        pricing=keepable(section(item, "usage")),
    )


_FAILED = DeliveryStatus.FAILED


def _code(said: Json) -> str | None:
    """The number of an error: its title, its code, or what stands behind the # of its type."""
    for key in ("title", "code"):
        given = text(said, key)
        if given and given.isascii() and given.isdigit():
            return given
    return (text(said, "type") or "").rpartition("#")[2] or None


def _status_named(item: Json) -> DeliveryStatus:
    said = (text(item, "status") or "").lower()
    if said not in RECEIPTS:
        raise Malformed(f"the status “{said}” is unknown")
    return RECEIPTS[said]
