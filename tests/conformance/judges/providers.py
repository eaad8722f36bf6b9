"""Which SMS provider a vector is about: by its folder or file, else by what only one of them says."""

from typing import Any
from urllib.parse import parse_qsl

from tests.conformance.vectors import Json, Vector

SMS = ("twilio", "kaleyra", "vonage", "infobip", "sinch")
OTHER_NAMES = {"nexmo": "vonage", "tata": "kaleyra", "clx": "sinch"}
FORMS = frozenset({"twilio", "vonage"})
"""Providers that send forms where they do not say otherwise."""

_TELLING: dict[str, tuple[frozenset[str], ...]] = {
    "twilio": (
        frozenset({"MessageSid"}),
        frozenset({"SmsSid"}),
        frozenset({"SmsMessageSid"}),
        frozenset({"AccountSid"}),
        frozenset({"specversion", "data"}),
    ),
    "vonage": (
        frozenset({"msisdn", "to"}),
        frozenset({"message_uuid"}),
        frozenset({"messageId", "err-code"}),
        frozenset({"message-timestamp"}),
    ),
    "infobip": (frozenset({"results"}), frozenset({"messageId", "receivedAt"})),
    "sinch": (frozenset({"batch_id"}), frozenset({"operator_id", "received_at"})),
    "kaleyra": (
        frozenset({"status_trace"}),
        frozenset({"wanumber"}),
        frozenset({"circle"}),
        frozenset({"media_url", "created_at"}),
    ),
}


def provider_of(vector: Vector, body: Any = None) -> str | None:
    """The provider; None if nothing tells."""
    place = f"{vector.folder}/{vector.file}".lower()
    for name in (*SMS, *OTHER_NAMES):
        if name in place:
            return OTHER_NAMES.get(name, name)
    said = next(iter(body), None) if isinstance(body, list) else body
    if not isinstance(said, dict):
        return None
    kind = said.get("type")
    if isinstance(kind, str) and (kind.startswith("mo_") or "delivery_report_" in kind):
        return "sinch"
    for name, groups in _TELLING.items():
        if any(group <= said.keys() for group in groups):
            return name
    return None


def fields_of(written: Any) -> Json | None:
    """A form's fields from text such as ``a=1&b=2``; None if it is none."""
    if not isinstance(written, str) or "=" not in written or written.lstrip()[:1] in ("{", "[", "<"):
        return None
    pairs = parse_qsl(written.lstrip("?"), keep_blank_values=True)
    found: Json = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found or None
