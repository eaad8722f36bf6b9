"""What the webhooks of the SMS providers say, told without our own readers."""

import re
from typing import Any

from tests.conformance.judges.claims import Claim

Json = dict[str, Any]

_MOVED = ("StatusChanged",)
_DELIVERED, _SENT, _FAILED = ("delivered",), ("queued", "sending", "sent"), ("failed", "cancelled")
_STATUSES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("delivered", "delivrd", "delivered_to_handset"), _DELIVERED),
    **dict.fromkeys(
        ("accepted", "scheduled", "queued", "sending", "sent", "buffered", "submitted", "pending", "enroute"),
        _SENT,
    ),
    **dict.fromkeys(("dispatched", "sent - no dlr", "unknown", "partially_delivered"), _SENT),
    **dict.fromkeys(("undelivered", "failed", "expired", "rejected", "undeliverable", "not-sent"), _FAILED),
    **dict.fromkeys(("aborted", "cancelled", "canceled", "deleted", "0"), _FAILED),
    "read": ("read",),
    "seen": ("read",),
}


def reference(written: Any) -> Any:
    """The sender's own word, if it is one that Parley could have given; others are nobody's of ours."""
    return written if re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", str(written or "")) else None


def statuses(word: Any) -> tuple[str, ...]:
    """The states that a provider's word may stand for; empty for one that nobody knows."""
    return _STATUSES.get(str(word).strip().lower(), ())


def number(written: Any) -> Any:
    """A number as events call it; what is none stays, without what a provider puts before it."""
    plain = str(written or "").strip().removeprefix("whatsapp:")
    digits = "".join(each for each in plain if each.isdigit())
    if not digits or not plain.lstrip("+").replace(" ", "").replace("-", "").isdigit():
        return ""
    return f"+{digits}" if len(digits) >= 7 else ""


def twilio(body: Any) -> list[Claim]:
    items = body if isinstance(body, list) else [body]
    return [claim for item in items for claim in _twilio(item)]


def _twilio(item: Json) -> list[Claim]:
    if "specversion" in item:
        kind, data = str(item.get("type", "")), item.get("data", {})
        if "messaging" not in kind:
            return []
        values = (data.get("messageSid"), data.get("body"))
        if "inbound" in kind:
            return [Claim(values=(*values, number(data.get("from"))), names=("MessageReceived",))]
        return [Claim(values=values[:1], statuses=statuses(kind.rpartition(".")[2]), names=_MOVED)]
    sid = item.get("MessageSid") or item.get("SmsSid") or item.get("SmsMessageSid")
    status = item.get("MessageStatus") or item.get("SmsStatus")
    if status not in ("received", "receiving", None) and not ("Body" in item and "MessageStatus" not in item):
        code = item.get("ErrorCode")
        return [Claim(values=(sid, code), statuses=statuses(status), names=_MOVED)]
    values = [sid, number(item.get("From"))]
    files = [item[key] for key in item if key.startswith("MediaUrl")]
    if item.get("Latitude"):
        return [Claim(values=(*values, item["Latitude"], item["Longitude"]), tags=("location",))]
    if item.get("ButtonPayload") or item.get("ListId"):
        tapped = item.get("ButtonPayload") or item.get("ListId")
        return [Claim(values=(*values, tapped), tags=("choice",))]
    if not files:
        return [
            Claim(values=(*values, item.get("Body")), tags=("text", "choice", "unsupported", "form_answer"))
        ]
    first = Claim(values=(*values, files[0], item.get("Body")))
    return [first, *(Claim(values=(file,)) for file in files[1:])]


def vonage(body: Any) -> list[Claim]:
    items = body if isinstance(body, list) else [body]
    return [_vonage(item) for item in items]


def _vonage(item: Json) -> Claim:
    identifier = item.get("message_uuid") or item.get("messageId") or item.get("message-id")
    if "status" in item:
        ours = reference(item.get("client_ref") or item.get("client-ref"))
        return Claim(values=(identifier, ours), statuses=statuses(item["status"]), names=_MOVED)
    sender = item.get("msisdn") or item.get("from")
    sender = sender.get("number") if isinstance(sender, dict) else sender
    kind = item.get("message_type")
    file = item.get(kind) if isinstance(kind, str) else None
    url = file.get("url") if isinstance(file, dict) else None
    return Claim(values=(identifier, number(sender), item.get("text"), url), names=("MessageReceived",))


def infobip(body: Any) -> list[Claim]:
    items = body.get("results", [body]) if isinstance(body, dict) else body
    return [claim for item in items for claim in _infobip(item)]


def _infobip(item: Json) -> list[Claim]:
    identifier = item.get("messageId")
    if "seenAt" in item:
        return [Claim(values=(identifier,), statuses=("read",), names=_MOVED)]
    status = item.get("status")
    if isinstance(status, dict):
        name, group = status.get("name"), status.get("groupName")
        wanted = _SENT if name == "DELIVERED_TO_OPERATOR" else statuses(group)
        return [
            Claim(values=(identifier, reference(item.get("callbackData"))), statuses=wanted, names=_MOVED)
        ]
    values = (identifier, number(item.get("from") or item.get("sender")))
    parts = item.get("message")
    if not isinstance(parts, list):
        text = parts.get("text") if isinstance(parts, dict) else item.get("text")
        return [Claim(values=(*values, text), names=("MessageReceived",))]
    files = [part["url"] for part in parts if part.get("url")]
    words = [part["value"] for part in parts if part.get("contentType") == "text/plain"]
    if not files:
        return [Claim(values=(*values, *words))]
    return [Claim(values=(*values, files[0], *words[:1])), *(Claim(values=(file,)) for file in files[1:])]


def sinch(body: Any) -> list[Claim]:
    items = body if isinstance(body, list) else [body]
    return [claim for item in items for claim in _sinch(item)]


def _sinch(item: Json) -> list[Claim]:
    kind = str(item.get("type", ""))
    if "eventType" in item:
        return []
    if kind.startswith("recipient_delivery_report"):
        values = (item.get("batch_id"), reference(item.get("client_reference")))
        return [Claim(values=values, statuses=statuses(item.get("status")), names=_MOVED)]
    if kind.startswith("delivery_report"):
        said = item.get("statuses", [])
        return [
            Claim((item.get("batch_id"),), statuses=statuses(e.get("status")), names=_MOVED) for e in said
        ]
    values = (item.get("id"), number(item.get("from")))
    body = item.get("body")
    if kind == "mo_text":
        return [Claim(values=(*values, body), tags=("text",))]
    if kind == "mo_media" and isinstance(body, dict):
        files = [each["url"] for each in body.get("media", []) if each.get("url")]
        return [Claim(values=(*values, *files[:1])), *(Claim(values=(file,)) for file in files[1:])]
    return [Claim(values=values, tags=("unsupported",))]


def kaleyra(body: Any) -> list[Claim]:
    items = body if isinstance(body, list) else [body]
    return [claim for item in items for claim in _kaleyra(item)]


def _kaleyra(item: Json) -> list[Claim]:
    if isinstance(item.get("messages"), list) or isinstance(item.get("statuses"), list):
        messages = [
            Claim(values=(each.get("id"), number(each.get("from")), (each.get("text") or {}).get("body")))
            for each in item.get("messages", [])
        ]
        reports = [
            Claim(values=(each.get("id"),), statuses=statuses(each.get("status")), names=_MOVED)
            for each in item.get("statuses", [])
        ]
        return messages + reports
    words = item.get("body") or item.get("message")
    if "status" in item and not (item.get("keyword") or item.get("kid")) and not item.get("type"):
        identifier = str(item.get("id") or item.get("message_id")).rpartition(":")
        plain = identifier[0] if identifier[1] and identifier[2].isdigit() else "".join(identifier)
        return [Claim(values=(plain,), statuses=statuses(item["status"]), names=_MOVED)]
    sender = item.get("from") or item.get("source")
    values = (item.get("id"), number(sender), item.get("media_url"), words)
    return [Claim(values=values, names=("MessageReceived",))]


READERS = {"twilio": twilio, "vonage": vonage, "infobip": infobip, "sinch": sinch, "kaleyra": kaleyra}
"""Who lists the claims of a body, by the connector that reads it."""
