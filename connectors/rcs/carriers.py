"""The Indian carriers' wrappers, unwrapped to Google's own form. Known by their fields, not by a setting.

Jio (also by Interakt) wraps each event in an `entity`; Vi (by Dotgo) sends Google's event bare, or GSMA's
MaaP form; Airtel has its own flat form. Each is one function from the carrier's item to Google's.
"""

import re
from collections.abc import Callable

from connectors.tolerant import Json, Malformed, part, section, text

_REPORTS = {
    "MESSAGE_SENT": "SENT",
    "SEND_MESSAGE_SUCCESS": "SENT",
    "SUBMITTED": "SENT",
    "MESSAGE_DELIVERED": "DELIVERED",
    "MESSAGE_READ": "READ",
    "DISPLAYED": "READ",
    "SEND_MESSAGE_FAILURE": "FAILED",
    "MESSAGE_FAILED": "FAILED",
    "UNDELIVERED": "FAILED",
    "INTERNAL_ERROR": "FAILED",
    "REVOKED": "TTL_EXPIRATION_REVOKED",
    "MESSAGE_EXPIRED": "TTL_EXPIRATION_REVOKED",
    "EXPIRED": "TTL_EXPIRATION_REVOKED",
    "USER_TYPING": "IS_TYPING",
    "ISTYPING": "IS_TYPING",
}
"""What Google calls the events that carriers have other names for."""

_TEMPLATES = ("TEMPLATE_APPROVED", "TEMPLATE_REJECTED")


def plain(item: Json) -> Json | None:
    """The item in Google's form; None for what concerns no customer. Raises `Malformed`."""
    for marks, unwrap in FORMS:
        if marks <= item.keys():
            return unwrap(item)
    event = item.get("eventType")
    if type(event) is str and event in _REPORTS:
        return item | _named(event)
    return item


def _jio(item: Json) -> Json:
    """``{userPhoneNumber, botId, entityType, entity}``: fields that do not apply are there and null."""
    entity = {key: value for key, value in part(item, "entity").items() if value is not None}
    who = text(item, "userPhoneNumber") or text(entity, "userPhoneNumber", "senderPhoneNumber")
    found = entity | {"senderPhoneNumber": _with_country(who), "agentId": text(item, "botId", "agentId")}
    if item.get("entityType") == "USER_MESSAGE":
        found.pop("eventType", None)
    else:
        found |= _named(text(entity, "eventType"))
    found.setdefault("sendTime", item.get("sendTime") or item.get("timestamp"))
    return found


def _airtel(item: Json) -> Json | None:
    """``{messageId, msisdn, eventType, messageContent, error, sendTime}``; a report's id is Airtel's."""
    event = text(item, "eventType") or ""
    if event in _TEMPLATES:
        return None
    frame = {
        "senderPhoneNumber": _with_country(text(item, "msisdn")),
        "messageId": text(item, "messageId"),
        "sendTime": item.get("sendTime"),
        "agentId": text(item, "agentId", "botId"),
    }
    if event == "RECEIVED":
        return frame | _airtel_content(item)
    return frame | _named(event) | {"error": item.get("error"), "foreignId": True}


def _airtel_content(item: Json) -> Json:
    said = item.get("messageContent")
    if type(said) is str:
        return {"text": said}
    if type(said) is not dict:
        raise Malformed("“messageContent” is missing or of an unknown form")
    return {key: value for key, value in said.items() if key not in ("messageId", "sendTime")}


def _maap(item: Json) -> Json:
    """``{event, RCSMessage, messageContact}``, the form of GSMA's FNW.11 that Vi uses for reports."""
    said = part(item, "RCSMessage")
    contact = section(item, "messageContact")
    found: Json = {
        "senderPhoneNumber": _with_country(text(contact, "userContact", "chatId")),
        "messageId": text(said, "msgId"),
        "sendTime": said.get("timestamp"),
        "agentId": text(item, "botId", "agentId"),
    }
    status = text(said, "status")
    event = (text(item, "event") or "").replace("_", "").lower()
    if event == "messagestatus":
        return found | _named(status) | {"reason": said.get("reason"), "error": said.get("error")}
    if event == "istyping":
        return found | {"eventType": "IS_TYPING"}
    return found | _maap_content(said)


def _maap_content(said: Json) -> Json:
    if type(said.get("textMessage")) is str:
        return {"text": said["textMessage"]}
    response = section(section(said, "suggestedResponse"), "response")
    tapped = section(response, "reply") or section(response, "action")
    if tapped:
        return {"suggestionResponse": tapped}
    frame = ("msgId", "timestamp", "status", "trafficType", "expiry")
    return {key: value for key, value in said.items() if key not in frame}


def _with_country(number: str | None) -> str | None:
    """The number with India's code where the carrier leaves it out: its ten digits begin with 6 to 9."""
    return f"+91{number}" if number and re.fullmatch(r"[6-9][0-9]{9}", number) else number


def _named(event: str | None) -> Json:
    """The event by Google's name, and by the carrier's own."""
    name = (event or "").upper()
    return {"eventType": _REPORTS.get(name, name or "(none)"), "carrierEvent": name[:60] or None}


FORMS: tuple[tuple[frozenset[str], Callable[[Json], Json | None]], ...] = (
    (frozenset({"entityType", "entity"}), _jio),
    (frozenset({"RCSMessage"}), _maap),
    (frozenset({"msisdn"}), _airtel),
)
"""How a carrier's form is known, and how it is unwrapped."""
