"""What a webhook body of Google's RBM, or of a carrier's wrapper around it, says."""

import base64
import binascii
import json
from typing import Any

from tests.conformance.judges.claims import Claim, under

_EVENTS = {
    "DELIVERED": ("delivered",),
    "READ": ("read",),
    "TTL_EXPIRATION_REVOKED": ("failed",),
    "TTL_EXPIRATION_REVOKE_FAILED": ("sent", "delivered"),
    "MESSAGE_DELIVERED": ("delivered",),
    "MESSAGE_READ": ("read",),
    "SEND_MESSAGE_SUCCESS": ("sent",),
    "SEND_MESSAGE_FAILURE": ("failed",),
    "MESSAGE_FAILED": ("failed",),
    "FAILED": ("failed",),
}
_CONTENTS = {
    "text": ("text",),
    "suggestionResponse": ("choice",),
    "location": ("location",),
    "userFile": ("image", "video", "audio", "document", "sticker"),
}
_CARRIED = frozenset({"postbackData", "latitude", "longitude", "fileUri", "fileName", "mimeType"})


def claims(body: Any) -> list[Claim] | None:
    """What the body says, None if it is not of this form."""
    if not isinstance(body, dict):
        return None
    event = _opened(body)
    if event is None:
        return [] if _is_notice(body) else None
    if not {"senderPhoneNumber", "phoneNumber"} & event.keys():
        return None
    if "eventType" in event:
        return [_event(event)]
    kind = next((each for each in _CONTENTS if event.get(each) is not None), None)
    typed = event.get(kind) if kind else None
    typed = typed.get("payload", typed) if isinstance(typed, dict) else typed
    carried = (typed,) if isinstance(typed, str) else tuple(under(typed, _CARRIED))
    tags = _CONTENTS[kind] if kind else ("unsupported",)
    title = (event[kind].get("text"),) if kind == "suggestionResponse" else ()
    return [Claim(values=(event.get("senderPhoneNumber"), event.get("agentId"), *carried, *title), tags=tags)]


def carrier(body: Any) -> str:
    """Which carrier's form the body has, as the connector's setting names it."""
    if isinstance(body, dict) and "entityType" in body:
        return "jio"
    if isinstance(body, dict) and {"RCSMessage", "messageContact"} & body.keys():
        return "vi"
    if isinstance(body, dict) and {"msisdn", "msgStream"} & body.keys():
        return "airtel"
    return "google"


def _event(event: dict[str, Any]) -> Claim:
    kind = event["eventType"]
    sender = event.get("senderPhoneNumber") or event.get("phoneNumber")
    if kind in _EVENTS:
        return Claim(values=(event.get("messageId"),), statuses=_EVENTS[kind], names=("StatusChanged",))
    if kind in ("SUBSCRIBE", "UNSUBSCRIBE"):
        return Claim(
            values=(sender, "subscribed" if kind == "SUBSCRIBE" else "unsubscribed"), tags=("system",)
        )
    if kind == "IS_TYPING":
        return Claim(values=(sender,), names=("CustomerTyped",))
    return Claim(values=(sender,))


def _opened(body: dict[str, Any]) -> dict[str, Any] | None:
    """The event in Google's envelope, or the body itself if it is a bare one."""
    message = body.get("message")
    data = message.get("data") if isinstance(message, dict) else None
    if data is None:
        return body if "senderPhoneNumber" in body else None
    try:
        event = json.loads(base64.b64decode(str(data).replace("-", "+").replace("_", "/") + "=="))
    except (ValueError, binascii.Error):
        return None
    has_person = isinstance(event, dict) and {"senderPhoneNumber", "phoneNumber"} & event.keys()
    return event if has_person else None


def _is_notice(body: dict[str, Any]) -> bool:
    message = body.get("message")
    return isinstance(message, dict) and "data" in message and "attributes" in message
