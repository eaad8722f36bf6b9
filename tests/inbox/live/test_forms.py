"""What visitors fill in is a form that was offered to them."""

from typing import Any

import pytest

from connectors.actions import Field, FillForm
from connectors.content import FormAnswer, Option, Options, Text
from inbox.actions.errors import Invalid
from inbox.live.forms import filled_in

FIELDS = [
    Field("street", "Street"),
    Field("mail", "Email", kind="email", required=False),
    Field("floor", "Floor", kind="number", required=False),
    Field("when", "When", kind="choice", choices=["Morning", "Evening"]),
]
ASKED = Options("Where?", [Option("Fill in", action=FillForm("address", token="t1", fields=FIELDS))])


def filled(values: Any, name: Any = "address", asked: Any = ASKED) -> FormAnswer:
    return filled_in({"name": name, "values": values}, asked)


def test_what_was_asked_for_is_kept_with_its_labels() -> None:
    answer = filled({"street": " Via Torino 1 ", "when": "Evening", "mail": "", "evil": "x"})
    assert answer.values == {"street": "Via Torino 1", "when": "Evening", "flow_token": "t1"}
    assert answer.text == "Street: Via Torino 1\nWhen: Evening"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"when": "Evening"}, "Street"),
        ({"street": " ", "when": "Evening"}, "Street"),
        ({"street": {"$ne": 1}, "when": "Evening"}, "Street"),
        ({"street": "x" * 2001, "when": "Evening"}, "Street"),
        ({"street": "x", "when": "Night"}, "When"),
        ({"street": "x", "when": "Evening", "mail": "nobody"}, "Email"),
        ({"street": "x", "when": "Evening", "floor": "third"}, "Floor"),
        (None, "no such form"),
        ([], "no such form"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(values: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        filled(values)


@pytest.mark.parametrize("asked", [None, Text("Hi"), Options("Which?", [Option("A", "/a")])])
def test_a_form_that_nobody_offered_is_refused(asked: Any) -> None:
    with pytest.raises(Invalid, match="no such form"):
        filled({"street": "x", "when": "Evening"}, asked=asked)
    with pytest.raises(Invalid, match="no such form"):
        filled({"street": "x", "when": "Evening"}, name={"a": 1})
