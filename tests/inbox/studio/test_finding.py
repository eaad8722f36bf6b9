"""A word is found wherever it stands, and a name wherever it is used; nothing else is."""

import pytest

from inbox.studio.finding import MOST_SHOWN, everywhere, uses
from inbox.studio.folder import File
from inbox.studio.project import Project, read

NLU = b"""\
nlu:
- intent: greet
  examples: |
    - hello from [Rome](city)
- intent: order
  examples: |
    - where is my parcel
- synonym: Rome
  examples: |
    - the eternal city
"""
DOMAIN = b"""\
intents: [greet, order]
entities: [city]
slots:
  city:
    type: text
    mappings:
    - {type: from_entity, entity: city}
  number:
    type: text
    mappings:
    - {type: from_text, conditions: [{active_loop: order_form, requested_slot: number}], not_intent: greet}
forms:
  order_form: {required_slots: [number], ignored_intents: [order]}
responses:
  utter_greet:
  - text: "Hello from {city}!"
    buttons:
    - {title: "My parcel", payload: '/order{"number": "1"}'}
    - {title: "Other", payload: "/order_other"}
actions: [action_look]
rules:
- rule: greet back
  steps:
  - intent: greet
  - action: utter_greet
- rule: order
  condition:
  - slot_was_set: [{city: Rome}]
  steps:
  - intent: order
    entities: [{city: Rome}]
  - action: order_form
  - active_loop: order_form
  - action: action_look
"""


@pytest.fixture
def project() -> Project:
    return read([File("nlu.yml", NLU), File("domain.yml", DOMAIN)])


def test_a_word_is_found_in_names_examples_answers_and_steps(project: Project) -> None:
    found = [(hit.kind, hit.name, hit.text) for hit in everywhere(project, "PARCEL", 10)]
    assert found == [("intent", "order", "where is my parcel"), ("response", "utter_greet", "My parcel")]
    names = [(hit.kind, hit.name) for hit in everywhere(project, "city", 10) if hit.text == hit.name]
    assert names == [("entity", "city"), ("slot", "city")]
    everything = [hit.text for hit in everywhere(project, "city", 10)]
    assert everything[:2] == ["city", "city"], "names come first"
    assert everywhere(project, "parcel", 1)[0].place.line == 7
    assert everywhere(project, "nowhere", 10) == []


@pytest.mark.parametrize(
    ("kind", "name", "places"),
    [
        ("intent", "greet", {"slot number", "rule greet back"}),
        ("intent", "order", {"form order_form", "response utter_greet", "rule order"}),
        ("intent", "order_oth", set()),
        ("entity", "city", {"slot city", "intent greet", "rule order"}),
        ("response", "utter_greet", {"rule greet back"}),
        ("action", "action_look", {"rule order"}),
        ("form", "order_form", {"slot number", "rule order"}),
        ("slot", "number", {"form order_form"}),
        ("slot", "city", {"response utter_greet", "rule order"}),
    ],
)
def test_a_name_is_found_where_it_is_used(project: Project, kind: str, name: str, places: set[str]) -> None:
    assert {f"{hit.kind} {hit.name}" for hit in uses(project, kind, name)} == places


def test_of_a_long_text_the_piece_with_the_words_is_shown() -> None:
    long = "word " * 60 + "needle " + "word " * 60
    project = read([File("nlu.yml", f"nlu:\n- intent: a\n  examples: |\n    - {long}\n".encode())])
    [hit] = everywhere(project, "Needle", 5)
    assert "needle" in hit.text
    assert len(hit.text) <= MOST_SHOWN + 2
    assert hit.text[0] == hit.text[-1] == "…"
