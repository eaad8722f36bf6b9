"""Infobip's webhooks: messages, delivery reports and seen reports, several results in each.

https://www.infobip.com/docs/api/channels/sms
"""

from typing import Any

from connectors.content import Content, Text, Unsupported
from connectors.contract import Clock, Webhook
from connectors.events import DeliveryStatus, Event, Fault, MessageReceived, Profile, StatusChanged
from connectors.sms.fields import oldest_first, our_id, read_all, said_in, unread
from connectors.sms.files import file_at, point
from connectors.sms.infobip.faults import BY_ERROR, BY_STATUS
from connectors.sms.meanings import fault
from connectors.sms.people import number, person
from connectors.sms.times import moment
from connectors.tolerant import Json, Malformed, identifier, keepable, section, sections, text
from connectors.tolerant import number as numeric

GROUPS = {
    "ACCEPTED": DeliveryStatus.QUEUED,
    "PENDING": DeliveryStatus.SENT,
    "DELIVERED": DeliveryStatus.DELIVERED,
    "UNDELIVERABLE": DeliveryStatus.FAILED,
    "EXPIRED": DeliveryStatus.FAILED,
    "REJECTED": DeliveryStatus.FAILED,
}
GROUP_IDS = {
    "0": "ACCEPTED",
    "1": "PENDING",
    "2": "UNDELIVERABLE",
    "3": "DELIVERED",
    "4": "EXPIRED",
    "5": "REJECTED",
}
NAMES = {"DELIVERED_TO_OPERATOR": DeliveryStatus.SENT}
"""Statuses that say something else than their group."""


def read_webhook(webhook: Webhook, *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    try:
        said = said_in(webhook)
        items = _results(said)
    except Malformed as error:
        return unread(webhook, "Infobip", error)
    return oldest_first(read_all(items, lambda item: _read(item, clock)))


def _results(said: Any) -> list[Any]:
    """The results; an old push of a single one is a result itself."""
    if isinstance(said, list):
        return said
    if not isinstance(said, dict):
        raise Malformed("it is no object")
    if "results" in said:
        if not isinstance(said["results"], list):
            raise Malformed("its results are no list")
        return list(said["results"])
    return [said]


def _read(item: Json, clock: Clock) -> list[Event]:
    if "seenAt" in item:
        return [_report(item, DeliveryStatus.READ, moment(item.get("seenAt")) or clock())]
    if "status" in item:
        at = moment(item.get("doneAt")) or moment(item.get("sentAt")) or clock()
        return [_report(item, _status(section(item, "status")), at)]
    return _messages(item, clock)


def _status(said: Json) -> DeliveryStatus:
    name = text(said, "name") or ""
    group = text(said, "groupName") or GROUP_IDS.get(text(said, "groupId") or "", "")
    status = NAMES.get(name) or GROUPS.get(group.upper())
    if status is None:
        raise Malformed(f"the status “{group or name}” is unknown")
    return status


def _report(item: Json, status: DeliveryStatus, at: Any) -> StatusChanged:
    price = section(item, "price")
    return StatusChanged(
        external_id=identifier(item, "messageId"),
        status=status,
        at=at,
        account=number(text(item, "from", "sender")),
        message_id=our_id(text(item, "callbackData")),
        fault=_fault(item) if status is DeliveryStatus.FAILED else None,
        pricing=keepable(price) if price.get("pricePerMessage") else {},
    )


def _fault(item: Json) -> Fault:
    """The error if it is known, else the status; words of Infobip's where neither is."""
    error, status = section(item, "error"), section(item, "status")
    for said, table in ((error, BY_ERROR), (status, BY_STATUS)):
        name = text(said, "name")
        if name in table:
            return fault(name, table, None, "Infobip")
    known = text(error, "groupName") not in (None, "OK") and text(error, "groupId") != "0"
    said = error if known else status
    return fault(text(said, "name") or text(said, "groupName"), {}, text(said, "description"), "Infobip")


def _messages(item: Json, clock: Clock) -> list[Event]:
    external_id = identifier(item, "messageId")
    sender = person(text(item, "from", "sender") or "")
    at = moment(item.get("receivedAt")) or clock()
    context = section(section(item, "message"), "context")
    profile = Profile(name=text(section(item, "contact"), "name") or None)
    return [
        MessageReceived(
            external_id=external_id if not place else f"{external_id}/{place}",
            identities=(sender,),
            content=content,
            sent_at=at,
            profile=profile,
            account=number(text(item, "to", "destination")),
            reply_to=(text(context, "id") or None) if not place else None,
        )
        for place, content in enumerate(_contents(item))
    ]


def _contents(item: Json) -> list[Content]:
    said = item.get("message", item.get("content"))
    if isinstance(said, list):
        return _parts(sections({"it": said}, "it"), item)
    if isinstance(said, dict):
        return [_typed(said)]
    words = text(item, "text", "cleanText")
    if words is None and isinstance(said, str):
        words = said
    if words is None:
        raise Malformed("the message has no text")
    return [Text(words)]


def _parts(parts: list[Json], item: Json) -> list[Content]:
    """The parts of an MMS: files, with its words on the first. Layout (SMIL) is nobody's message."""
    words = [
        value for each in parts if _kind(each) == "text/plain" and (value := text(each, "value", "text"))
    ]
    files = [each for each in parts if text(each, "url")]
    caption = "\n".join(words) or None
    if not files:
        if caption is None:
            return [Unsupported(raw_type="mms", raw=keepable(item))]
        return [Text(caption)]
    return [
        file_at(text(each, "url"), _kind(each), caption=caption if not place else None)
        for place, each in enumerate(files)
    ]


def _kind(part: Json) -> str:
    return (text(part, "contentType") or "").split(";")[0].strip().lower()


def _typed(said: Json) -> Content:
    """A message of a channel that has types, such as WhatsApp by Infobip."""
    kind = (text(said, "type") or "unknown").upper()
    if kind == "TEXT":
        words = text(said, "text")
        if words is None:
            raise Malformed("the message has no text")
        return Text(words)
    if kind in ("IMAGE", "VIDEO", "AUDIO", "VOICE", "DOCUMENT", "STICKER") and text(said, "url"):
        return file_at(text(said, "url"), None, kind=kind, caption=text(said, "caption"))
    if kind == "LOCATION":
        return _place(said)
    return Unsupported(raw_type=kind.lower(), raw=keepable(said))


def _place(said: Json) -> Content:
    return point(
        numeric(said, "latitude"), numeric(said, "longitude"), text(said, "name"), text(said, "address")
    )
