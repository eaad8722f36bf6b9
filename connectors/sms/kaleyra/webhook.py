"""Kaleyra's callbacks: messages and reports, of SMS and of WhatsApp, by GET, by form or as JSON.

https://developers.kaleyra.io/docs/account-settings-callback-profiles
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from connectors.contract import Clock, Webhook
from connectors.events import DeliveryStatus, Event, MessageReceived, Profile, StatusChanged
from connectors.sms.fields import oldest_first, our_id, read_all, said_in, unread
from connectors.sms.kaleyra.faults import BY_TRACE
from connectors.sms.kaleyra.inbound import TYPES, content_of, embedded, flat
from connectors.sms.kaleyra.mapping import mapped
from connectors.sms.meanings import fault
from connectors.sms.passwords import IN_THE_ADDRESS
from connectors.sms.people import number, person
from connectors.sms.times import moment
from connectors.tolerant import Json, Malformed, identifier, section, sections, text

STATUSES = {
    "submitted": DeliveryStatus.SENT,
    "sent": DeliveryStatus.SENT,
    "sent - no dlr": DeliveryStatus.SENT,
    "awaited-dlr": DeliveryStatus.SENT,
    "enroute": DeliveryStatus.SENT,
    "queued": DeliveryStatus.QUEUED,
    "accepted": DeliveryStatus.QUEUED,
    "acceptd": DeliveryStatus.QUEUED,
    "delivrd": DeliveryStatus.DELIVERED,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "0": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "undelivered": DeliveryStatus.FAILED,
    "undeliv": DeliveryStatus.FAILED,
    "not-sent": DeliveryStatus.FAILED,
    "notsent": DeliveryStatus.FAILED,
    "expired": DeliveryStatus.FAILED,
    "rejectd": DeliveryStatus.FAILED,
    "rejected": DeliveryStatus.FAILED,
    "deleted": DeliveryStatus.FAILED,
}
EVENT = "event"
"""The name in the address by which a callback profile may say what it is about: ``message`` or ``status``."""


def read_webhook(webhook: Webhook, mapping: dict[str, str], *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    try:
        said = said_in(webhook)
        items = list(_items(said))
    except Malformed as error:
        return unread(webhook, "Kaleyra", error)
    about = webhook.query.get(EVENT)
    return oldest_first(read_all(items, lambda item: [_read(item, mapping, about, clock)]))


def _items(said: Any) -> Iterator[Any]:
    """Each callback; one in Meta's form holds several. What holds none is kept whole."""
    for each in said if isinstance(said, list) else [said]:
        found = list(_in_metas_form(each)) if isinstance(each, dict) else []
        yield from found or [each]


def _in_metas_form(said: Json) -> Iterator[Any]:
    """Messages and statuses in Meta's form, with or without its frame, which older callbacks pass through."""
    for entry in _listed(said, "entry"):
        for change in _listed(entry, "changes"):
            value = change.get("value") if isinstance(change, dict) else change
            yield from _in_metas_form(value) if isinstance(value, dict) else [value]
    contacts, account = sections(said, "contacts"), text(section(said, "metadata"), "display_phone_number")
    for message in _listed(said, "messages"):
        yield flat(message, contacts, account) if isinstance(message, dict) else message
    for status in _listed(said, "statuses"):
        yield _flat_status(status) if isinstance(status, dict) else status


def _listed(said: Any, key: str) -> list[Any]:
    found = said.get(key) if isinstance(said, dict) else None
    return found if isinstance(found, list) else []


def _flat_status(status: Json) -> Json:
    error = next(iter(sections(status, "errors")), {})
    return {
        "id": status.get("id"),
        "status": status.get("status"),
        "timestamp": status.get("timestamp"),
        "ref": status.get("biz_opaque_callback_data"),
        "trace": text(error, "code"),
        "description": text(error, "title") or text(error, "message"),
    }


def _read(item: Json, mapping: dict[str, str], about: str | None, clock: Clock) -> Event:
    fields = mapped({name: value for name, value in item.items() if name not in IN_THE_ADDRESS}, mapping)
    if (about or _kind(fields)) == "status":
        return _status(fields, clock)
    return _message(fields, item, clock)


def _kind(fields: Json) -> str:
    """What a callback is about. Reports may bring the text of our message, messages may bring a status."""
    kind = (text(fields, "type") or "").lower()
    is_message = "keyword" in fields or kind in TYPES or embedded(fields) is not None
    status = (text(fields, "status") or "").strip().lower()
    if is_message and "trace" in fields and not ({"body", "media_url", "location"} & fields.keys()):
        is_message = False
    if status in STATUSES and not is_message:
        return "status"
    if is_message or (
        {"body", "media_url", "location", "contacts"} & fields.keys() and "status" not in fields
    ):
        return "message"
    if "status" in fields:
        return "status"
    raise Malformed("neither a message nor a report")


def _message(fields: Json, item: Json, clock: Clock) -> MessageReceived:
    inner = embedded(fields) or {}
    external_id = text(inner, "id") or text(fields, "id")
    at = moment(fields.get("at")) or moment(inner.get("timestamp")) or clock()
    return MessageReceived(
        external_id=external_id if external_id and len(external_id) <= 512 else _digest(item),
        identities=(person(text(fields, "from") or text(inner, "from") or ""),),
        content=content_of(fields, inner, item),
        sent_at=at,
        profile=Profile(name=text(fields, "name") or None),
        account=number(text(fields, "to")),
        reply_to=text(fields, "reply_to") or text(section(inner, "context"), "id") or None,
    )


def _digest(item: Json) -> str:
    """An id for callbacks without one: over all that they say, so a repetition gets the same."""
    said = sorted((name, repr(value)) for name, value in item.items() if name not in IN_THE_ADDRESS)
    return "digest:" + hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:40]


def message_id(given: str) -> str:
    """Kaleyra counts the recipients of a message behind a colon; ours have one, so the rest is the id."""
    whole, colon, place = given.rpartition(":")
    return whole if colon and place.isascii() and place.isdigit() else given


def _status(fields: Json, clock: Clock) -> StatusChanged:
    said = (text(fields, "status") or "").strip().lower()
    if said not in STATUSES:
        raise Malformed(f"the status “{said}” is unknown")
    status = STATUSES[said]
    code = text(fields, "trace") or said.upper()
    failed = status is DeliveryStatus.FAILED
    return StatusChanged(
        external_id=message_id(identifier(fields, "id")),
        status=status,
        at=moment(fields.get("at")) or clock(),
        message_id=our_id(text(fields, "ref")),
        fault=fault(code.upper(), BY_TRACE, text(fields, "description"), "Kaleyra") if failed else None,
    )
