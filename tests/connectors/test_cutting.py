"""Shortening at the end of a word, never inside what a reader sees as one character."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.cutting import distinct, shortened


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Where is my order?", 20, "Where is my order?"),
        ("Where is my order 48213?", 20, "Where is my order…"),
        ("Lieferantenanschrift ändern", 20, "Lieferantenanschrif…"),
        ("two\nlines", 20, "two lines"),
        ("ok 👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 12, "ok 👨‍👩‍👧‍👦…"),
        ("🇮🇹🇫🇷🇩🇪", 4, "🇮🇹…"),
        ("क्षत्रिय क्षत्रिय", 9, "क्षत्रिय…"),
    ],
)
def test_it_ends_where_a_reader_would_end(text: str, limit: int, short: str) -> None:
    assert shortened(text, limit) == short


@given(st.text(), st.integers(2, 30))
def test_it_is_never_too_long_and_never_parts_a_mark_from_its_letter(text: str, limit: int) -> None:
    short, line = shortened(text, limit), " ".join(text.split())
    assert len(short) <= limit
    if short != line:
        kept = len(short.removesuffix("…"))
        assert unicodedata.category(line[kept]) != "Mn"


def test_titles_that_shortening_made_alike_are_numbered() -> None:
    titles = distinct(["Return the blue winter jacket", "Return the blue winter coat", "Keep"], 20)
    assert titles == ["Return the blue…", "Return the blue… 2", "Keep"]
