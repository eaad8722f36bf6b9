"""Entities as Rasa writes them, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.studio.markup import BadMarkup, Entity, marked, renamed, unmarked


@pytest.mark.parametrize(
    ("example", "text", "entities"),
    [
        ("where is [48213](order)", "where is 48213", [Entity(9, 14, "order")]),
        ("[Rome](city:Roma) now", "Rome now", [Entity(0, 4, "city", value="Roma")]),
        (
            'from [Rome]{"entity": "city", "role": "from", "group": "1"}',
            "from Rome",
            [Entity(5, 9, "city", "from", "1")],
        ),
        (
            '[two]{"entity": "n", "value": 2}',
            "two",
            [Entity(0, 3, "n", value="2")],
        ),
        ('[x][{"entity": "a"}, {"entity": "b"}]', "x", [Entity(0, 1, "a"), Entity(0, 1, "b")]),
        ("a [b] c (d) {e}", "a [b] c (d) {e}", []),
        ("[x]{broken}", "[x]{broken}", []),
        ("a [b [Rome](city)", "a b [Rome", [Entity(2, 9, "city")]),
        ("[](a) [x]() [x](a:) [x](:b) [x]{}", "[](a) [x]() [x](a:) [x](:b) [x]{}", []),
        ("[x](a:b:c) [y](n", "x [y](n", [Entity(0, 1, "a", value="b:c")]),
        ("[a](b [Rome](city)", "a", [Entity(0, 1, "b [Rome](city")]),
        ("[x][" + "[" * 100_000 + "]", "[x][" + "[" * 100_000 + "]", []),
    ],
)
def test_marks_are_read(example: str, text: str, entities: list[Entity]) -> None:
    assert unmarked(example) == (text, entities)


@given(st.text("ab c(){}\"'", max_size=20), st.data())
def test_what_is_marked_is_read_again(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
    entities = [
        Entity(
            a,
            b,
            data.draw(st.sampled_from(["city", "x_y", "Ü"])),
            value=data.draw(st.none() | st.sampled_from(["v", 'q"', "}"])),
        )
        for a, b in zip(places[::2], places[1::2], strict=False)
    ]
    try:
        example = marked(text, entities)
    except BadMarkup:
        return
    assert unmarked(example) == (text, entities)


def test_what_cannot_be_marked_is_refused() -> None:
    for text, entities in (
        ("abc", [Entity(0, 2, "a"), Entity(1, 3, "b")]),
        ("abc", [Entity(0, 9, "a")]),
        ("a[b]c", [Entity(0, 3, "a")]),
        ("abc", [Entity(0, 1, "a)(")]),
    ):
        with pytest.raises(BadMarkup):
            marked(text, entities)


def test_an_entity_is_renamed_and_nothing_else() -> None:
    assert renamed('[a](x) [b]{"entity":"y"}', "x", "z") == "[a](z) [b](y)"
    assert renamed('[b]{"entity":"y"}', "x", "z") == '[b]{"entity":"y"}'


LONG = 300_000
"""How often; what takes the square of it takes hours."""


@pytest.mark.parametrize(
    "again", ["[", "[a", "[a](", "[a](b:", "[a]{", "[a][", "[]", "[a](:)", "[a]{}", "]("]
)
def test_an_example_without_end_is_read_once(again: str) -> None:
    for tail in ("", ":)"):
        _, entities = unmarked(again * LONG + tail)
        assert len(entities) <= 1
