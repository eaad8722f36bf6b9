"""What colleagues know of a contact: attributes of kinds that an admin defines, and notes."""

import math
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from inbox.model.contact import Contact, display_name
from inbox.model.words import index_words, number_words

LONGEST_TEXT = 1000
_BEGINNINGS = 12
"""A word is found by each of its beginnings up to this length."""

_SHORTEST_BEGINNING = 5
"""The least digits at its beginning by which a number is found."""

_MOST_WORDS = 150


class AttributeKind(StrEnum):
    """What an attribute may hold."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be known of every contact. `id` is its name in programs and in files."""

    id: str
    label: str
    kind: AttributeKind = AttributeKind.TEXT
    choices: tuple[str, ...] = ()


class ContactNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a colleague wrote about a contact. It stays with the contact it was written about."""

    id: str
    contact_id: str
    text: str
    author_id: str
    author_name: str
    at: datetime


class BadValue(ValueError):
    """An attribute cannot hold this. The text is fit for a person."""


def checked(attribute: Attribute, value: Any) -> Any:
    """The value as it is kept, None if there is none. Texts are read as files write them.

    A date is kept as ``2026-11-22``. Raises `BadValue`.
    """
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        return None
    match attribute.kind:
        case AttributeKind.NUMBER:
            return _number(attribute, value)
        case AttributeKind.BOOLEAN:
            return _boolean(attribute, value)
        case AttributeKind.DATE:
            return _date(attribute, value)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise BadValue(f"{attribute.label} is a text of at most {LONGEST_TEXT:,} characters.")
    if attribute.kind is AttributeKind.CHOICE and value not in attribute.choices:
        raise BadValue(f"{attribute.label} is one of: {', '.join(attribute.choices)}.")
    return value


def _number(attribute: Attribute, value: Any) -> int | float:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        found = float(value)
    except (ValueError, OverflowError) as error:
        raise BadValue(f"{attribute.label} is a number, with a point for decimals.") from error
    if not math.isfinite(found) or abs(found) > 2**53:
        raise BadValue(f"{attribute.label} is a number that is not quite so large.")
    return int(found) if found.is_integer() else found


_SAID = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _boolean(attribute: Attribute, value: Any) -> bool:
    found = value if isinstance(value, bool) else _SAID.get(str(value).lower())
    if found is None:
        raise BadValue(f"{attribute.label} is yes or no.")
    return found


def _date(attribute: Attribute, value: Any) -> str:
    try:
        if not isinstance(value, str) or len(value) != len("2026-11-22"):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise BadValue(f"{attribute.label} is a date such as 2026-11-22.") from error


def contact_words(contact: Contact) -> list[str]:
    """The words under which a contact is found: beginnings of its name's and addresses', ends of its numbers.

    None of one that was merged into another.
    """
    if contact.merged_into:
        return []
    found: dict[str, None] = {}
    said = [v for v in (contact.attributes.get("email"), contact.attributes.get("phone")) if v]
    name = [contact.name or display_name(contact)] if contact.name or contact.address else []
    for text in [*name, *(v for v in said if isinstance(v, str) and "@" in v)]:
        for word in index_words(text):
            found.update(dict.fromkeys(word[:end] for end in range(1, min(len(word), _BEGINNINGS) + 1)))
    for address in [*(i.value for i in contact.identities), *said]:
        if isinstance(address, str) and address.startswith("+"):
            found.update(dict.fromkeys(_number_words(address)))
        else:
            found.update(dict.fromkeys(word[:_BEGINNINGS] for word in index_words(str(address))))
    return list(found)[:_MOST_WORDS]


def _number_words(address: str) -> list[str]:
    """Its ends, and its beginnings once they tell more than the country."""
    ends = number_words(address)
    whole = ends[0] if ends else ""
    return [*ends, *(whole[:end] for end in range(_SHORTEST_BEGINNING, len(whole)))]


def wanted_words(whole: list[str], begun: str | None) -> list[str]:
    """What `query_words` makes of a query, as `contact_words` writes it."""
    given = [*whole, begun] if begun else whole
    return [word if word.isdigit() else word[:_BEGINNINGS] for word in given]
