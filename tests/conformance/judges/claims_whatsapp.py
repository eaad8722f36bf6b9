"""What a webhook body of WhatsApp's Cloud API says."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from tests.conformance.judges.claims import UNREADABLE, Claim, under

_FIELDS = {
    "messages": ("messages", "statuses", "errors"),
    "smb_message_echoes": ("message_echoes", "errors"),
    "user_preferences": ("user_preferences", "errors"),
}

_TAGS = {
    "button": ("choice",),
    "interactive": ("choice", "form_answer", "permission", "unsupported"),
    "system": ("system", "contacts", "text"),
    "unknown": ("unsupported",),
}
"""Contents by WhatsApp's type, where the name is not the same."""

_SAME = (
    *("text", "image", "video", "audio", "document", "sticker", "location", "contacts"),
    *("reaction", "order", "edit", "revoke", "unsupported"),
)
_CARRIED = frozenset(
    {"body", "caption", "id", "mime_type", "filename", "latitude", "longitude", "address", "emoji"}
    | {
        "title",
        "payload",
        "catalog_id",
        "product_retailer_id",
        "quantity",
        "formatted_name",
        "phone",
        "email",
    }
    | {"message_id", "original_message_id"}
)
_STATUSES = {
    "sent": ("sent",),
    "delivered": ("delivered",),
    "read": ("read",),
    "played": ("read",),
    "failed": ("failed",),
}


def claims(body: Any) -> list[Claim] | None:
    """What the body says, None if it is not of this form."""
    if not isinstance(body, dict) or not isinstance(body.get("entry"), list):
        return None
    return [
        claim for entry in body["entry"] for change in entry.get("changes", ()) for claim in _change(change)
    ]


def _change(change: dict[str, Any]) -> Iterator[Claim]:
    value = change.get("value") or {}
    account = (value.get("metadata") or {}).get("phone_number_id")
    named = [each.get("wa_id") or each.get("user_id") for each in value.get("contacts") or ()]
    lone = [each for each in named if each]
    for name in _FIELDS.get(change.get("field", "messages"), ()):
        for item in value.get(name) or ():
            yield ITEMS[name](item, account, lone)


def _status(item: dict[str, Any], account: Any, lone: list[Any]) -> Claim:
    if item.get("type") == "payment":
        return Claim(values=(item.get("id"), account), tags=("system",))
    statuses = _STATUSES.get(item.get("status", ""))
    if statuses is None or not item.get("id"):
        return UNREADABLE
    errors = item.get("errors") or ()
    codes = tuple(error["code"] for error in errors[:1] if "code" in error)
    said = str(item.get("biz_opaque_callback_data") or "")
    ours = (said,) if re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", said) else ()  # else no id of ours
    return Claim(values=(item.get("id"), account, *codes, *ours), statuses=statuses, names=("StatusChanged",))


def _message(item: dict[str, Any], account: Any, lone: list[Any]) -> Claim:
    kind = item.get("type", "unknown")
    typed = item.get(kind)
    if not item.get("id") or not (item.get("from") or item.get("from_user_id") or len(lone) == 1):
        return UNREADABLE
    if kind == "system" and isinstance(typed, dict) and _moves(typed):
        moved = (typed.get("wa_id"), typed.get("user_id"))
        return Claim(
            values=(item.get("id"), *(_phone(each) for each in moved if each)), names=("IdentityChanged",)
        )
    who = [_phone(item.get("from")), item.get("from_user_id"), item.get("group_id")]
    return _content(item, kind, typed, [account, *who])


def _echo(item: dict[str, Any], account: Any, lone: list[Any]) -> Claim:
    kind = item.get("type", "unknown")
    return _content(
        item, kind, item.get(kind), [account, _phone(item.get("to")), item.get("to_user_id"), True]
    )


def _content(item: dict[str, Any], kind: str, typed: Any, who: list[Any]) -> Claim:
    tags = _TAGS.get(kind, (kind,) if kind in _SAME else ("unsupported",))
    values = [item.get("id"), *who, (item.get("context") or {}).get("id")]
    if kind != "unsupported":
        values += list(under(typed, _CARRIED - {"title"} if kind == "contacts" else _CARRIED))
        values += [sha256 for each in under(typed, frozenset({"sha256"})) if (sha256 := _sha256(each))]
    return Claim(values=tuple(each for each in values if each not in (None, "")), tags=tags)


def _preference(item: dict[str, Any], account: Any, lone: list[Any]) -> Claim:
    who = (_phone(item.get("wa_id")), item.get("user_id"), item.get("detail"))
    return Claim(values=(account, *who), tags=("system",))


def _error(item: dict[str, Any], account: Any, lone: list[Any]) -> Claim:
    return UNREADABLE


ITEMS = {
    "messages": _message,
    "message_echoes": _echo,
    "statuses": _status,
    "user_preferences": _preference,
    "errors": _error,
}


def _moves(system: dict[str, Any]) -> bool:
    return system.get("type") in ("user_changed_number", "user_changed_user_id") or bool(
        system.get("previous_user_id")
    )


def _phone(number: Any) -> Any:
    return f"+{number}" if isinstance(number, str) and number.isdigit() else number


def _sha256(given: Any) -> str | None:
    """A digest as lower-case hex: the form of ours for WhatsApp's Base64. None if it is no digest."""
    try:
        digest = base64.b64decode(given, validate=True)
    except (ValueError, TypeError):
        return None
    return digest.hex() if len(digest) == 32 else None
