"""What is not touched survives to the byte, and what is written says exactly what was wanted."""

import copy
from difflib import unified_diff
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.studio.equality import same
from inbox.studio.nodes import Reference, Unreadable, parsed
from inbox.studio.splicing import changed
from inbox.studio.writing import CannotChange
from tests.inbox.studio.samples import DOMAIN, FILES, NLU

TEXTS = [*FILES.values(), *(text.replace("\n", "\r\n") for text in (NLU, DOMAIN)), NLU.rstrip("\n")]


def difference(before: str, after: str) -> list[str]:
    lines = unified_diff(before.splitlines(True), after.splitlines(True), n=0)
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


def test_a_line_of_a_block_is_changed_alone() -> None:
    wanted = parsed(NLU).data()
    block = wanted["nlu"][0]["examples"]
    wanted["nlu"][0]["examples"] = block.replace("- good morning", "- good evening") + "- hi\n"
    assert difference(NLU, changed(NLU, wanted)) == [
        "-    - good morning\n",
        "+    - good evening\n",
        "+    - hi\n",
    ]


def test_a_block_that_becomes_one_word_is_a_block_no_more() -> None:
    text = "steps:\n- user: |\n    hello\n  # why\n- user: |-\n    bye\n"
    wanted = {"steps": [{"user": "hi"}, {"user": "see you"}]}
    assert changed(text, wanted) == "steps:\n- user: hi\n  # why\n- user: |-\n    see you\n"


def test_a_word_keeps_its_quotes_and_its_comment() -> None:
    wanted = parsed(DOMAIN).data()
    wanted["responses"]["utter_greet"][0]["text"] = 'Say "yes": #1'
    assert difference(DOMAIN, changed(DOMAIN, wanted)) == [
        '-  - text: "Hello!"   # short\n',
        '+  - text: "Say \\"yes\\": #1"   # short\n',
    ]


def test_an_entry_is_added_in_the_manner_of_its_file() -> None:
    wanted = parsed(DOMAIN).data()
    wanted["responses"]["utter_bye"] = [{"text": "Bye\nbye", "channel": "sms"}, {"text": "yes"}]
    assert difference(DOMAIN, changed(DOMAIN, wanted)) == [
        "+  utter_bye:\n",
        "+  - text: |-\n",
        "+      Bye\n",
        "+      bye\n",
        "+    channel: sms\n",
        '+  - text: "yes"\n',
    ]


def test_windows_line_breaks_and_a_missing_last_one_stay() -> None:
    text = FILES["rules.yml"]
    wanted = parsed(text).data()
    wanted["stories"].append({"story": "two", "steps": [{"intent": "greet"}]})
    new = changed(text, wanted)
    assert new == text + "\r\n- story: two\r\n  steps:\r\n  - intent: greet"
    del wanted["stories"][1]
    assert changed(new, wanted) == text


def test_a_key_is_renamed_where_it_stands() -> None:
    wanted = parsed(DOMAIN).data()
    wanted["responses"] = {k.replace("greet", "hi"): v for k, v in wanted["responses"].items()}
    assert difference(DOMAIN, changed(DOMAIN, wanted)) == ["-  utter_greet:\n", "+  utter_hi:\n"]


def test_what_is_used_in_two_places_is_not_changed_in_one() -> None:
    text = "a: &x\n  b: 1\nc: *x\n"
    for wanted in ({"a": {"b": 2}, "c": parsed(text).data()["c"]}, {"a": {"b": 1}, "c": 3}):
        with pytest.raises(CannotChange, match="more than one place"):
            changed(text, wanted)
    assert changed(text, {**parsed(text).data(), "d": 1}) == text + "d: 1\n"


def test_a_file_without_content_gets_one() -> None:
    assert changed("# empty\n", {"intents": ["greet"]}) == "# empty\nintents:\n  - greet\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1,", 2),
        ("a: 1\na: 2\n", 2),
        ("---\na: 1\n---\nb: 2\n", 3),
        ("a:\n\t- x\n", 2),
        ("a: b: c\n", 1),
        ("? [a]\n: b\n", 1),
        ("[" * 5_000, 1),
        ("a: \x00", 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        parsed(text)
    assert caught.value.line == line


def test_aliases_do_not_grow() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60)
    )
    assert len(str(parsed(bomb).data())) < 20_000


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, item in inner for p in [(*at, key), *paths(item, (*at, key))]]


WORDS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "yes",
        "12",
        "1e3",
        "- x",
        "a: b",
        "x #y",
        "[a]",
        "'",
        '"',
        " lead",
        "two\nlines\n",
        "two\nlines",
        "😀",
        "*x",
        "",
    ]
)
VALUES = st.recursive(
    WORDS | st.booleans() | st.integers() | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_any_change_is_exact_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    before = parsed(text).data()
    wanted = copy.deepcopy(before)
    *way, last = data.draw(st.sampled_from(paths(wanted)))
    holder = wanted
    for key in way:
        holder = holder[key]
    deed = data.draw(st.sampled_from(["put", "drop", "add"]))
    if deed == "put":
        holder[last] = data.draw(VALUES)
    elif deed == "drop":
        del holder[last]
    elif isinstance(holder, list):
        holder.insert(last, data.draw(VALUES))
    else:
        holder[data.draw(WORDS)] = data.draw(VALUES)
    try:
        new = changed(text, wanted)
    except CannotChange:
        return
    assert same(parsed(new).data(), wanted)
    if deed == "add":  # nothing goes, neither comment nor blank nor break
        gone = [line[1:].strip() for line in difference(text, new) if line.startswith("-")]
        added = "".join(line[1:] for line in difference(text, new) if line.startswith("+"))
        assert all(part in added for line in gone for part in [line.partition(":")[0].strip("[]{} ")])
    if same(before, wanted):
        assert new == text


@given(st.data())
def test_examples_change_no_other_line(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([t for t in TEXTS if "nlu:" in t]))
    wanted = parsed(text).data()
    item = data.draw(st.sampled_from([i for i in wanted["nlu"] if isinstance(i["examples"], str)]))
    lines = item["examples"].split("\n")[:-1]
    line = "- " + data.draw(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
    at = data.draw(st.integers(0, len(lines) - 1))
    new_lines = [*lines[:at], line, *lines[at + data.draw(st.integers(0, 1)) :]]
    item["examples"] = "\n".join(new_lines) + "\n"
    new = changed(text, wanted)
    old_lines, now = text.splitlines(keepends=True), new.splitlines(keepends=True)
    kept = sum(1 for a, b in zip(old_lines, now, strict=False) if a == b)
    same_end = sum(1 for a, b in zip(old_lines[::-1], now[::-1], strict=False) if a == b)
    assert kept + same_end >= min(len(old_lines), len(now)) - 1


def test_a_mark_that_nothing_refers_to_keeps_nobody_from_editing() -> None:
    text = "a: &alone\n  b: &word 1   # kept\n  c: [x, &inner y]\nd: &used 2\ne: *used\n"
    wanted = {"a": {"b": "two", "c": ["x", "y"]}, "d": 2, "e": Reference("used")}
    assert changed(text, wanted) == text.replace("&word 1", "&word two")
    with pytest.raises(CannotChange, match="more than one place"):
        changed(text, {**wanted, "d": 3})
    with pytest.raises(CannotChange, match="marks within brackets"):
        changed(text, {**wanted, "a": {"b": 1, "c": ["x"]}})
