"""What is likely wrong is said, and what is right is left in peace."""

import pytest

from inbox.http.languages import words
from inbox.studio.advice import Advice, advice_on, known_advice
from inbox.studio.collisions import collisions
from inbox.studio.folder import File
from inbox.studio.likeness import likenesses
from inbox.studio.personal import found_in, masked
from inbox.studio.project import read


def advice(**intents: list[str]) -> list[Advice]:
    lines = ["nlu:"]
    for name, examples in intents.items():
        lines += [f"- intent: {name}", "  examples: |", *(f"    - {example}" for example in examples)]
    return advice_on(read([File("nlu.yml", "\n".join(lines).encode())]))


def kinds(found: list[Advice]) -> dict[str, str]:
    return {each.kind: each.words for each in found if each.kind != "few"}


def test_the_same_words_in_two_intents() -> None:
    found = advice(greet=["Hello there!", "good day"], goodbye=["hello there"])
    assert kinds(found) == {"duplicate": "“Hello there!” teaches different intents: goodbye, greet."}
    assert [(s.intent, s.line) for s in found[0].spots] == [("greet", 4), ("goodbye", 8)]


def test_nearly_the_same_words_in_two_intents_but_not_in_one() -> None:
    near = advice(a=["where is my new order please"], b=["where is my order please"])
    assert kinds(near)["near_duplicate"].startswith("Nearly the same (8")
    assert kinds(advice(a=["where is my new order please", "where is my order please"], b=["bye"])) == {}


def test_entities_that_are_marked_here_and_not_there() -> None:
    found = advice(a=["order [48213](number)", "[50917](number) is late", "where is 61720", "in 2024"])
    assert kinds(found) == {"uneven": "A number like “00000” is marked as number 2×, and left bare 1×."}
    assert [s.written for s in found[0].spots] == ["where is 61720"]
    assert kinds(advice(a=["to [New York](city)", "from new york"])) == {
        "uneven": "“new york” is marked as city 1×, and left bare 1×."
    }


def test_too_few_and_too_many() -> None:
    found = advice(big=[f"word{n} x{n * 7}" for n in range(130)], small=["one"], other=["two", "three"])
    assert {(e.kind, tuple(e.intents)) for e in found} == {
        ("few", ("small",)),
        ("few", ("other",)),
        ("many", ("big",)),
    }


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("write to ada.l@example.com now", "mail", "write to •••.•@•••••••.••• now"),
        ("call +39 347 123 4567", "phone", "call +•• ••• ••• ••••"),
        ("card 4111 1111 1111 1111", "card", "card •••• •••• •••• ••••"),
        ("IBAN DE89 3704 0044 0532 0130 00", "iban", "IBAN •••• •••• •••• •••• •••• ••"),
        ("my name is Ada Lovelace", "name", "my name is ••• ••••••••"),
    ],
)
def test_personal_data_is_found_and_masked(text: str, kind: str, shown: str) -> None:
    assert [each.kind for each in found_in(text)] == [kind]
    assert masked(text) == shown
    found = [each for each in advice(a=[text]) if each.kind == "personal"]
    assert found[0].spots[0].text == shown


@pytest.mark.parametrize(
    "text",
    ["order 48213", "4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "this is broken", "at 10:30"],
)
def test_other_numbers_and_words_are_no_personal_data(text: str) -> None:
    assert found_in(text) == []


def test_intents_that_the_last_evaluation_took_for_each_other() -> None:
    text = "nlu:\n- intent: a\n  examples: |\n    - one more\n    - [two](n) more\n"
    text += "- intent: b\n  examples: |\n    - three\n"
    messages = [
        ("one more", "a", "b"),
        ("two more", "a", "b"),
        ("three", "b", "a"),
        ("four", "a", "b"),  # not there any more
        ("one more", "a", "nlu_fallback"),
        ("three", "b", "c"),  # a single one
        ("three", "b", "b"),
    ]
    (found,) = collisions({"messages": messages}, read([File("nlu.yml", text.encode())]))
    assert found.words == "3 messages of a and b were taken for the other in the last evaluation."
    assert [(spot.written, spot.line) for spot in found.spots] == [
        ("one more", 4),
        ("[two](n) more", 5),
        ("three", 8),
    ]
    assert collisions({}, read([])) == []


def test_examples_that_the_last_training_found_to_mean_the_same() -> None:
    text = "nlu:\n- intent: stop\n  examples: |\n    - refund\n    - rehne do\n"
    text += (
        "- intent: cancel_order\n  examples: |\n    - what happened to my [refund](what)\n    - rehne do na\n"
    )
    project = read([File("nlu.yml", text.encode())])
    near = [
        [0.9, ["refund", "stop"], ["what happened to my refund", "cancel_order"]],
        [0.89, ["rehne do", "stop"], ["rehne do na", "cancel_order"]],  # told by its letters already
        [0.88, ["refund", "stop"], ["gone since", "cancel_order"]],
    ]
    letters = [each for each in advice_on(project) if each.kind == "near_duplicate"]
    assert len(letters) == 1
    (found,) = likenesses({"near": near}, project, letters)
    assert found.words == "Nearly the same meaning (90%) in stop and cancel_order."
    assert [(spot.written, spot.line) for spot in found.spots] == [
        ("refund", 4),
        ("what happened to my [refund](what)", 8),
    ]
    assert likenesses({}, project, []) == []


def test_every_advice_is_told_in_the_readers_language() -> None:
    found = advice(
        a=["Hello there!", "where is my new order please", "to [New York](city)", "order [48213](number)"],
        b=["hello there", "where is my order please", "from new york", "[50917](number)", "is 61720"],
        c=["mail ada@example.com", "see you", "see you!"],
        big=[f"word{n} x{n * 7}" for n in range(130)],
    )
    assert {each.kind for each in found} == {
        "duplicate",
        "near_duplicate",
        "uneven",
        "personal",
        "few",
        "many",
    }
    for each in found:
        told = words("it").told(each.words)
        assert told != each.words and "{" not in told, each.words


def test_advice_is_worked_out_once_for_the_same_files_and_anew_for_others() -> None:
    def of(text: str) -> list[Advice]:
        lines = f"nlu:\n- intent: a\n  examples: |\n    - hello\n- intent: b\n  examples: |\n    - {text}\n"
        return known_advice(read([File("nlu.yml", lines.encode())]))

    same, other = of("hello"), of("bye")
    assert "duplicate" in kinds(same)
    assert "duplicate" not in kinds(other)
    assert of("hello")[0] is same[0]
