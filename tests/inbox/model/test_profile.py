"""Attributes are what their kind says; a contact is found by the words that one would try."""

from typing import Any

import pytest

from inbox.model.profile import Attribute, AttributeKind, BadValue, checked, contact_words, wanted_words
from inbox.model.words import query_words
from tests.inbox.factories import a_contact, bsuid, phone

PLAN = Attribute(id="plan", label="Plan", kind=AttributeKind.CHOICE, choices=("gold", "silver"))


def an_attribute(kind: str) -> Attribute:
    return PLAN if kind == "choice" else Attribute(id="x", label="X", kind=AttributeKind(kind))


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  as typed ", "as typed"),
        ("text", "", None),
        ("number", "3.50", 3.5),
        ("number", 4.0, 4),
        ("number", "1e3", 1000),
        ("boolean", "No", False),
        ("boolean", True, True),
        ("date", "2026-02-28", "2026-02-28"),
        ("choice", "gold", "gold"),
        ("choice", None, None),
    ],
)
def test_a_value_is_kept_as_its_kind(kind: str, given: Any, kept: Any) -> None:
    assert checked(an_attribute(kind), given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", "x" * 1001),
        ("text", "nul\0"),
        ("text", 5),
        ("number", "three"),
        ("number", "nan"),
        ("number", "1e999"),
        ("number", True),
        ("boolean", "perhaps"),
        ("date", "2026-02-30"),
        ("date", "20260228"),
        ("date", 20260228),
        ("choice", "Gold"),
    ],
)
def test_what_its_kind_cannot_hold_is_refused(kind: str, given: Any) -> None:
    with pytest.raises(BadValue):
        checked(an_attribute(kind), given)


def is_found(query: str, **fields: Any) -> bool:
    contact = a_contact(phone("+393331234567"), bsuid("IT.8675"), **fields)
    words = wanted_words(*query_words(query))
    return bool(words) and set(words) <= set(contact_words(contact))


@pytest.mark.parametrize(
    "query",
    ["giu", "Bianchi Giulia", "bianchi G", "4567", "31234567", "+39 333 12", "393331234567", "giulia@ex",
     "giulia@example.com", "perché", "perche"],
)  # fmt: skip
def test_a_contact_is_found(query: str) -> None:
    assert is_found(query, name="Giulia Perché Bianchi", attributes={"email": "giulia@example.com"})


@pytest.mark.parametrize("query", ["iulia", "Giulia Rossi", "9999", " ", "gold"])
def test_a_contact_is_not_found_by_what_is_not_theirs(query: str) -> None:
    assert not is_found(query, name="Giulia Bianchi", attributes={"plan": "gold"})


def test_a_contact_that_became_another_is_found_no_more() -> None:
    assert contact_words(a_contact(name="Ada", merged_into="other")) == []
