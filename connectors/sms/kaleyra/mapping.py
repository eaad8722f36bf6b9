"""What a callback profile calls its fields.

Kaleyra lets each account name the fields of its callbacks as it likes, with placeholders for the values. We
know Kaleyra's own names; a channel's setting `fields` tells the others: ``from=msisdn, body=text``.
"""

import re

from connectors.errors import BadSettings
from connectors.tolerant import Json

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "message_id", "messageId", "msg_id", "wamid"),
    "from": ("from", "source", "mobile", "msisdn"),
    "to": ("wanumber", "to", "recipient", "destination", "sender"),
    "body": ("body", "message", "text", "msg"),
    "type": ("type",),
    "name": ("name", "profile_name"),
    "at": ("created_at", "timestamp", "received_at", "time", "createdDateTime", "delivered_at"),
    "media_url": ("media_url", "media", "url"),
    "mime_type": ("mime_type",),
    "reply_to": ("reply_to", "context_id"),
    "status": ("status", "dlr", "delivery_status"),
    "trace": ("status_trace", "trace", "error_code", "code"),
    "description": ("description", "reason", "error", "error_message"),
    "ref": ("ref", "biz_opaque_callback_data"),
    "keyword": ("keyword", "kid"),
    "location": ("location",),
    "contacts": ("contacts",),
    "custom_response": ("custom_response",),
    "message": ("message",),
}
"""Our names, and by which of Kaleyra's each may come; the first that is there counts."""

_PLACEHOLDER = re.compile(r"<[A-Za-z_\[\]0-9]+>")


def mapping_of(written: str) -> dict[str, str]:
    """The setting as a mapping from our names to the profile's. Raises `BadSettings`."""
    found: dict[str, str] = {}
    for pair in re.split(r"[,;\n]", written):
        if not pair.strip():
            continue
        ours, equals, theirs = (each.strip() for each in pair.partition("="))
        if not equals or not theirs or ours not in NAMES:
            raise BadSettings(
                "Kaleyra's fields should be pairs such as from=msisdn, and the names on the left are: "
                f"{', '.join(NAMES)}."
            )
        found[ours] = theirs
    return found


def mapped(item: Json, mapping: dict[str, str]) -> Json:
    """The callback's fields under our names. Empty ones and placeholders that nobody filled are left out."""
    found: Json = {}
    for ours, theirs in NAMES.items():
        names = (mapping[ours],) if ours in mapping else theirs
        value = next((item[name] for name in names if _is_filled(item.get(name))), None)
        if value is not None:
            found[ours] = value
    return found


def _is_filled(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and value.lower() != "null" and not _PLACEHOLDER.fullmatch(value.strip())
    return value is not None and value != [] and value != {}
