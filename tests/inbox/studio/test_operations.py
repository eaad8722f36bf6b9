"""What designers do, on a project on disk: each touches its lines and nothing else."""

from difflib import unified_diff
from typing import Any

import pytest

from inbox.actions.errors import ActionRefused, AlreadyThere, Invalid, NotFound
from inbox.studio import operations as op
from inbox.studio.edits import planned
from inbox.studio.folder import Folder
from inbox.studio.workspace import Differs
from tests.inbox.studio.samples import FILES


def done(folder: Folder, operation: Any) -> dict[str, list[str]]:
    """The lines that an operation takes out and puts in, by file."""
    found = {}
    for each in planned(folder, [operation]):
        before, after = ((text or b"").decode() for text in (each.before, each.after))
        lines = list(unified_diff(before.splitlines(), after.splitlines(), n=0))[2:]
        found[each.name] = [line for line in lines if not line.startswith("@@")]
    return found


def test_an_example_is_added_changed_and_deleted(folder: Folder) -> None:
    assert done(folder, op.AddExamples("intent", "greet", ["good   evening"])) == {
        "nlu.yml": ["+    - good evening"]
    }
    marked = op.ChangeExample(
        "intent", "greet", "good morning", 'good [morning]{"entity": "time", "value": "am"}'
    )
    assert done(folder, marked) == {
        "nlu.yml": [
            "-    - good morning",
            '+    - good [morning]{"entity": "time", "value": "am"}',
        ]
    }
    assert done(folder, op.DeleteExamples("intent", "greet", ["good morning"])) == {
        "nlu.yml": ["-    - good morning"]
    }


def test_an_example_with_metadata_keeps_it(folder: Folder) -> None:
    assert done(folder, op.ChangeExample("intent", "chitchat/ask_name", "who are you", "your name?")) == {
        "nlu.yml": ["-      who are you", "+      your name?"]
    }


def test_examples_move_together(folder: Folder) -> None:
    moved = op.MoveExamples("intent", "order_status", ["where is my order"], "greet")
    assert done(folder, moved) == {"nlu.yml": ["+    - where is my order", "-      - where is my order"]}


def test_an_example_goes_where_most_are_or_where_it_is_told_to(folder: Folder) -> None:
    (folder.root / "it.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - ciao\n")
    assert list(done(folder, op.AddExamples("intent", "greet", ["hi"]))) == ["nlu.yml"]
    assert done(folder, op.AddExamples("intent", "greet", ["salve"], "it.yml")) == {
        "it.yml": ["+    - salve"]
    }
    assert "it.yml" in done(folder, op.MoveExamples("intent", "greet", ["ciao"], "order_status"))


def test_a_new_intent_is_declared(folder: Folder) -> None:
    assert done(folder, op.AddExamples("intent", "goodbye", ["bye", "see you"])) == {
        "domain/domain.yml": ["+  - goodbye"],
        "nlu.yml": ["+- intent: goodbye", "+  examples: |", "+    - bye", "+    - see you"],
    }


def test_an_intent_is_renamed_wherever_it_is_used(folder: Folder) -> None:
    assert done(folder, op.Rename("intent", "order_status", "where_is_it")) == {
        "nlu.yml": ["-- intent: order_status   # often", "+- intent: where_is_it   # often"],
        "domain/domain.yml": [
            "-  - order_status",
            "+  - where_is_it",
            "-    - {type: from_intent, intent: order_status, value: 'x'}",
            "+    - {type: from_intent, intent: where_is_it, value: 'x'}",
            '-        payload: \'/order_status{"a": "b"}\'',
            '+        payload: \'/where_is_it{"a": "b"}\'',
            "-  utter_title_order_status:",
            "+  utter_title_where_is_it:",
        ],
        "rules.yml": [
            "-    - intent: order_status",
            "+    - intent: where_is_it",
            "-  - intent: order_status",
            "+  - intent: where_is_it",
        ],
    }


def test_an_entity_is_renamed_in_marks_lists_and_stories(folder: Folder) -> None:
    found = done(folder, op.Rename("entity", "order_number", "number"))
    assert "+      - where is [48213](number)" in found["nlu.yml"]
    assert "+- regex: number" in found["nlu.yml"]
    assert "+entities: [name, number,   city]" in found["domain/domain.yml"]
    assert found["rules.yml"] == ['-      - order_number: "1"', '+      - number: "1"']
    assert "  order_number:" not in str(found["domain/domain.yml"])  # the slot is another thing


def test_a_response_is_renamed_with_its_uses(folder: Folder) -> None:
    assert done(folder, op.Rename("response", "utter_greet", "utter_hello")) == {
        "domain/domain.yml": ["-  utter_greet:", "+  utter_hello:"],
        "rules.yml": [
            "-    - action: utter_greet",
            "+    - action: utter_hello",
            "-  - action: utter_greet",
            "+  - action: utter_hello",
        ],
    }


def test_a_variant_for_a_channel_touches_only_itself(folder: Folder) -> None:
    old = [
        {
            "text": "Hello!",
            "buttons": [{"title": "Where is my order?", "payload": '/order_status{"a": "b"}'}],
        },
        {"text": "Hi,\nhow are you?\n"},
    ]
    new = [old[0], {"text": "Hi,\nhow do you do?\n"}, {"text": "Hi", "channel": "sms"}]
    assert done(folder, op.PutNamed("response", "utter_greet", old, new)) == {
        "domain/domain.yml": [
            "-      how are you?",
            "+      how do you do?",
            "+  - text: Hi",
            "+    channel: sms",
        ]
    }


def test_what_somebody_else_changed_is_not_overwritten(folder: Folder) -> None:
    with pytest.raises(Differs) as caught:
        done(folder, op.PutNamed("response", "utter_greet", [{"text": "old"}], [{"text": "mine"}]))
    assert caught.value.theirs[0]["text"] == "Hello!"
    assert caught.value.mine == [{"text": "mine"}]
    with pytest.raises(Differs):
        done(folder, op.ChangeExample("intent", "greet", "gone", "new"))
    with pytest.raises(Differs):
        done(folder, op.PutDialogue("rule", "Greet", {"rule": "Greet", "steps": []}, None))


def test_dialogues_are_added_changed_and_deleted(folder: Folder) -> None:
    old = {"rule": "Greet", "steps": [{"intent": "greet"}, {"action": "utter_greet"}]}
    new = {**old, "steps": [*old["steps"], {"action": "action_look_up"}]}
    assert done(folder, op.PutDialogue("rule", "Greet", old, new)) == {
        "rules.yml": ["+    - action: action_look_up"]
    }
    assert (
        done(folder, op.PutDialogue("rule", "Greet", old, None))["rules.yml"][0] == "-- rule: Greet   # first"
    )
    story = {"story": "x", "steps": [{"intent": "greet"}]}
    assert done(folder, op.PutDialogue("test", "x", None, story)) == {
        "tests/test_stories.yml": [
            '+version: "3.1"',
            "+stories:",
            "+  - story: x",
            "+    steps:",
            "+      - intent: greet",
        ]
    }


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (op.AddExamples("intent", "greet", ["good morning"]), AlreadyThere),
        (op.AddExamples("intent", "greet", ["  "]), Invalid),
        (op.AddExamples("intent", "a: b", ["x"]), Invalid),
        (op.AddExamples("intent", "new", ["x"], file="../x.yml"), Invalid),
        (op.DeleteList("intent", "order_status"), Invalid),
        (op.DeleteList("regex", "nothing"), NotFound),
        (op.Rename("intent", "order_status", "greet"), AlreadyThere),
        (op.Rename("intent", "nothing", "new"), NotFound),
        (op.Rename("response", "utter_greet", "hello"), Invalid),
        (op.PutNamed("response", "hello", None, [{"text": "x"}]), Invalid),
        (op.PutNamed("slot", "s", None, {"type": "os.system"}), Invalid),
        (op.PutNamed("slot", "order_number", None, {"type": "text"}), AlreadyThere),
        (op.PutDialogue("story", "x", None, {"story": "x", "steps": []}), Invalid),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Folder, operation: Any, error: type[ActionRefused]) -> None:
    with pytest.raises(error):
        for each in sorted(planned(folder, [operation]), key=lambda each: each.before is not None):
            folder.write(each.name, each.after or b"", based_on=None)
    assert {file.name: file.content.decode() for file in folder.files()} == FILES


def test_rules_change_places_as_they_were_written(folder: Folder) -> None:
    """With their comments and line breaks; what stands between them stays there."""
    order = {
        "rule": "Order",
        "steps": [{"or": [{"intent": "order_status"}, {"intent": "greet"}]}, {"action": "action_look_up"}],
    }
    (each,) = planned(folder, [op.MoveDialogue("rule", "Order", order, -1)])
    greet, heading = (
        "- rule: Greet   # first\r\n  steps:\r\n    - intent: greet\r\n    - action: utter_greet\r\n",
        "",
    )
    text = FILES["rules.yml"]
    start, end = text.index("# the order"), text.index("stories:")
    expected = text.replace(greet, heading + text[start:end], 1)
    expected = expected[: expected.rindex("# the order")] + greet + expected[expected.index("stories:") :]
    assert each.after == expected.encode()
    with pytest.raises(Invalid, match="further down"):
        planned(folder, [op.MoveDialogue("rule", "Order", order, 1)])
    with pytest.raises(Differs):
        planned(folder, [op.MoveDialogue("rule", "Order", {**order, "steps": []}, -1)])


def test_what_is_indented_below_an_item_is_its_own(folder: Folder) -> None:
    (folder.root / "more.yml").write_text(
        "stories:\n  # of the list\n\n  # of a\n  - story: a\n    steps:\n    - intent: greet\n"
        "      # the end of a\n  # of b\n  - story: b\n    steps: [{intent: greet}]  # short\n"
    )
    b = {"story": "b", "steps": [{"intent": "greet"}]}
    (each,) = planned(folder, [op.MoveDialogue("story", "b", b, -1)])
    assert each.after == (
        b"stories:\n  # of the list\n\n  # of b\n  - story: b\n    steps: [{intent: greet}]  # short\n"
        b"  # of a\n  - story: a\n    steps:\n    - intent: greet\n      # the end of a\n"
    )


FORM = """\
forms:
  order_form:   # asks
    required_slots:
    - order_number
    - city
slots:
  order_number:
    type: text
    mappings:
    - type: from_entity
      entity: order_number
      conditions:
      - active_loop: order_form
        requested_slot: order_number
  city: {type: text, mappings: [{type: from_text}]}
actions:
- validate_order_form
responses:
  utter_ask_order_number:
  - text: "Which? Not {order_number} nor {{order_number}}"   # once more
    condition:
    - {type: slot, name: order_number, value: x}
  utter_ask_order_form_city:
  - text: Where is {order_number}?
rules:
- rule: ask
  condition:
  - slot_was_set:
    - order_number: null
  - active_loop: order_form
  steps:
  - action: order_form
  - active_loop: null
  - slot_was_set:
    - requested_slot: order_number
  - action: utter_ask_order_number
"""


def renamed(text: str, *changes: tuple[str, str]) -> bytes:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def test_a_slot_is_renamed_everywhere_but_the_entity_of_its_name(folder: Folder) -> None:
    for name in FILES:
        (folder.root / name).unlink()
    (folder.root / "all.yml").write_text(FORM)
    (each,) = planned(folder, [op.Rename("slot", "order_number", "nr")])
    assert each.after == renamed(
        FORM,
        ("order_number", "nr"),
        ("entity: nr", "entity: order_number"),
        ("{{nr}}", "{{order_number}}"),
    )
    with pytest.raises(AlreadyThere):
        planned(folder, [op.Rename("slot", "order_number", "city")])
    with pytest.raises(NotFound):
        planned(folder, [op.Rename("slot", "nothing", "something")])
    with pytest.raises(Invalid):
        planned(folder, [op.Rename("slot", "requested_slot", "mine")])


def test_a_form_is_renamed_with_what_rasa_finds_by_its_name(folder: Folder) -> None:
    for name in FILES:
        (folder.root / name).unlink()
    (folder.root / "all.yml").write_text(FORM)
    (each,) = planned(folder, [op.Rename("form", "order_form", "track_form")])
    assert each.after == renamed(FORM, ("order_form", "track_form"))


def test_a_slot_of_a_python_class_stays_one_and_none_becomes_one(folder: Folder) -> None:
    text = "slots:\n  name:\n    type: rasa.shared.core.slots.TextSlot  # exported\n    initial_value: null\n"
    (folder.root / "exported.yml").write_text(text)
    old = {"type": "rasa.shared.core.slots.TextSlot", "initial_value": None}
    assert done(folder, op.PutNamed("slot", "name", old, {**old, "initial_value": "Ada"})) == {
        "exported.yml": ["-    initial_value: null", "+    initial_value: Ada"]
    }
    for new in ({**old, "type": "os.Slot"}, {"type": "rasa.shared.core.slots.ListSlot"}):
        with pytest.raises(Invalid, match="class of Python"):
            done(folder, op.PutNamed("slot", "name", old, new))


def test_of_two_that_have_one_name_the_one_that_was_seen_is_changed(folder: Folder) -> None:
    (folder.root / "again.yml").write_text("responses:\n  utter_greet:\n  - text: Again\n")
    change = op.PutNamed("response", "utter_greet", [{"text": "Again"}], [{"text": "And again"}])
    assert done(folder, change) == {"again.yml": ["-  - text: Again", "+  - text: And again"]}


def test_what_rasa_wrote_otherwise_once_is_told(folder: Folder) -> None:
    (folder.root / "a_first.yml").write_text("forms:\n- old_form\n")
    with pytest.raises(Invalid, match=r"a_first\.yml has its forms in a form"):
        done(folder, op.PutNamed("form", "return_form", None, {"required_slots": ["name"]}))


def test_joined_letters_and_emoji_are_written_as_they_are(folder: Folder) -> None:
    persian, family = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\U0001f468\u200d\U0001f469"
    assert done(folder, op.AddExamples("intent", "greet", [persian]))["nlu.yml"] == [f"+    - {persian}"]
    assert f"+    - {persian}" in done(folder, op.AddExamples("intent", "wish", [persian]))["nlu.yml"]
    lines = done(folder, op.PutNamed("response", "utter_new", None, [{"text": f"Hi {family}\nall"}]))
    assert any(f"Hi {family}" in line for file in lines.values() for line in file)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "a\ud800"])
def test_control_characters_are_told_in_plain_words(folder: Folder, text: str) -> None:
    with pytest.raises(Invalid, match=r"control character \(U\+"):
        planned(folder, [op.AddExamples("intent", "greet", [text])])
    with pytest.raises(Invalid, match=r"control character \(U\+"):
        planned(folder, [op.PutNamed("response", "utter_new", None, [{"text": text}])])


def test_a_new_intent_goes_where_others_have_its_words(folder: Folder) -> None:
    (folder.root / "a.yml").write_text("nlu:\n- synonym: Roma\n  examples: |\n    - rome\n")
    (folder.root / "it.yml").write_text("nlu:\n- intent: saluti\n  examples: |\n    - grazie mille\n")
    changed = done(folder, op.AddExamples("intent", "thank", ["grazie mille"]))
    assert changed["it.yml"] == ["+- intent: thank", "+  examples: |", "+    - grazie mille"]
