"""Sinch's callbacks: messages, and delivery reports by recipient or for a whole batch.

https://developers.sinch.com/docs/sms/api-reference/sms/webhooks
"""

from connectors.content import Content, Text, Unsupported
from connectors.contract import Clock, Webhook
from connectors.events import DeliveryStatus, Event, MessageReceived, StatusChanged
from connectors.sms.fields import oldest_first, our_id, read_all, said_in, unread
from connectors.sms.files import file_at
from connectors.sms.meanings import fault
from connectors.sms.people import number, person
from connectors.sms.sinch.faults import BY_REPORT_CODE
from connectors.sms.times import moment
from connectors.tolerant import Json, Malformed, identifier, keepable, section, sections, text

STATUSES = {
    "queued": DeliveryStatus.QUEUED,
    "dispatched": DeliveryStatus.SENT,
    "unknown": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "aborted": DeliveryStatus.FAILED,
    "rejected": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "expired": DeliveryStatus.FAILED,
    "deleted": DeliveryStatus.FAILED,
    "cancelled": DeliveryStatus.CANCELLED,
}


def read_webhook(webhook: Webhook, *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    try:
        said = said_in(webhook)
    except Malformed as error:
        return unread(webhook, "Sinch", error)
    items = said if isinstance(said, list) else [said]
    return oldest_first(read_all(items, lambda item: _read(item, clock)))


def _read(item: Json, clock: Clock) -> list[Event]:
    kind = text(item, "type") or ""
    if kind.startswith("recipient_delivery_report"):
        return [_report(item, text(item, "recipient"), item, clock)]
    if kind.startswith("delivery_report"):
        return _batch(item, clock)
    if kind.startswith("mo_"):
        return _messages(item, kind, clock)
    if "eventType" in item or "event_type" in item:
        return []  # about a number that was rented, not about a message
    raise Malformed(f"the type “{kind}” is unknown" if kind else "neither a message nor a report")


def _batch(item: Json, clock: Clock) -> list[Event]:
    """One report for each status; a batch of ours has one recipient. A full report names the recipients."""
    said = sections(item, "statuses")
    if not said:
        raise Malformed("the report holds no status")
    return [_report(each, None, item, clock) for each in said]


def _report(said: Json, recipient: str | None, item: Json, clock: Clock) -> StatusChanged:
    name = (text(said, "status") or "").lower()
    if name not in STATUSES:
        raise Malformed(f"the status “{name}” is unknown")
    status = STATUSES[name]
    failed = status is DeliveryStatus.FAILED
    at = moment(said.get("operator_status_at")) or moment(said.get("at")) or moment(item.get("at")) or clock()
    return StatusChanged(
        external_id=identifier(item, "batch_id", "id"),
        status=status,
        at=at,
        account=number(text(item, "applied_originator", "from")),
        message_id=our_id(text(item, "client_reference")),
        fault=fault(text(said, "code"), BY_REPORT_CODE, None, "Sinch") if failed else None,
    )


def _messages(item: Json, kind: str, clock: Clock) -> list[Event]:
    external_id = identifier(item, "id")
    sender = person(text(item, "from") or "")
    at = moment(item.get("sent_at")) or moment(item.get("received_at")) or clock()
    return [
        MessageReceived(
            external_id=external_id if not place else f"{external_id}/{place}",
            identities=(sender,),
            content=content,
            sent_at=at,
            account=number(text(item, "to")),
        )
        for place, content in enumerate(_contents(item, kind))
    ]


def _contents(item: Json, kind: str) -> list[Content]:
    if kind == "mo_text":
        words = text(item, "body")
        if words is None:
            raise Malformed("the message has no text")
        return [Text(words)]
    if kind == "mo_media":
        return _media(section(item, "body") or section(item, "media_body"), item)
    if kind == "mo_binary":
        return [_binary(item)]
    return [Unsupported(raw_type=kind, raw=keepable(item))]


def _media(said: Json, item: Json) -> list[Content]:
    words = "\n".join(each for each in (text(said, "subject"), text(said, "message")) if each) or None
    files = [each for each in sections(said, "media") if text(each, "url")]
    if not files:
        return [Text(words) if words else Unsupported(raw_type="mo_media", raw=keepable(item))]
    return [
        file_at(
            text(each, "url"),
            text(each, "content_type"),
            caption=words if not place else None,
        )
        for place, each in enumerate(files)
    ]


def _binary(item: Json) -> Content:
    """Octets for an application: they are kept as they came."""
    return Unsupported(raw_type="mo_binary", raw=keepable(item))
