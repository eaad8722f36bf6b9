"""A segment: contacts of whom certain things are so, by name. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from inbox.model.profile import Attribute, AttributeKind, checked

TESTS = ("is", "is_not", "known", "unknown", "at_least", "at_most")
GIVEN = (
    Attribute(id="email", label="Email"),
    Attribute(id="phone", label="Phone"),
)
REACHES = ("phone", "email", "visitor", "bsuid")
_ORDERED = (AttributeKind.NUMBER, AttributeKind.DATE)


class Clause(msgspec.Struct, frozen=True):
    """What must be so of an attribute, or of ``reach`` (has such an address) or ``blocked`` (yes or no)."""

    field: str
    test: str = "is"
    value: str = ""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """Those of whom all clauses hold."""

    id: str
    name: str
    clauses: tuple[Clause, ...]
    author_id: str
    at: datetime


class BadClause(ValueError):
    """The clause makes no sense. The text is fit for a person."""


def typed(clause: Clause, attributes: Iterable[Attribute]) -> Any:
    """The clause's value as contacts have it; None where it needs none. Raises `BadClause` or `BadValue`."""
    if clause.test not in TESTS:
        raise BadClause(f"There is no test {clause.test[:20]}; there are {', '.join(TESTS)}.")
    if clause.field in ("reach", "blocked"):
        return _typed_given(clause)
    attribute = next((a for a in (*GIVEN, *attributes) if a.id == clause.field), None)
    if attribute is None:
        raise BadClause(f"There is no attribute {clause.field[:60]}.")
    if clause.test in ("known", "unknown"):
        return None
    if clause.test in ("at_least", "at_most") and attribute.kind not in _ORDERED:
        raise BadClause(f"{attribute.label} has no order: it is, or is not, a value.")
    value = checked(attribute, clause.value)
    if value is None:
        raise BadClause(f"{attribute.label} is to be compared with something.")
    return value


def _typed_given(clause: Clause) -> Any:
    choices = REACHES if clause.field == "reach" else ("yes", "no")
    if clause.test not in ("is", "is_not") or clause.value not in choices:
        raise BadClause(f"{clause.field} is, or is not, one of: {', '.join(choices)}.")
    return clause.value
