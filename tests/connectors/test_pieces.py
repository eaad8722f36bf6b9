"""A text in pieces: as few as can be, at the best bounds there are, with nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.cutting import pieces, tail_start
from tests.connectors.fitting.contents import squeezed

texts = st.text(
    st.sampled_from("ab é\n.!,日本語。👍🏽👨‍👩‍👧🇮🇹e\u0301 ") | st.characters(codec="utf-8"), max_size=400
)


@given(texts, st.integers(2, 60))
def test_nothing_is_lost_and_no_piece_is_too_long(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert squeezed("".join(found)) == squeezed(text.strip())
    assert all(0 < len(piece) <= limit for piece in found) or not text.strip()


@given(st.text("ab .\n,", max_size=600), st.integers(2, 60))
def test_there_are_as_few_as_if_no_bound_were_minded(text: str, limit: int) -> None:
    left, least = text.strip(), 0
    while left:
        left, least = left[limit:].lstrip(), least + 1
    assert len(pieces(text, limit)) == max(least, 1)


@given(st.lists(st.sampled_from(["a", "e\u0301", "👍🏽", "🇮🇹", "นี้", " "]), max_size=200), st.integers(8, 60))
def test_no_character_is_cut_in_two(characters: list[str], limit: int) -> None:
    for piece in pieces("".join(characters).strip(), limit):
        left = piece
        for whole in ("e\u0301", "👍🏽", "🇮🇹", "นี้", "a", " "):
            left = left.replace(whole, "")
        assert not left


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One. Two. Three.", 10, ["One. Two.", "Three."]),
        ("First part\n\nSecond part, longer", 24, ["First part", "Second part, longer"]),
        ("Yes, of course we do that", 21, ["Yes,", "of course we do that"]),
        ("Yes, of course we do that", 16, ["Yes, of course", "we do that"]),
        ("Guten Tag! Wie geht’s? Gut.", 24, ["Guten Tag! Wie geht’s?", "Gut."]),
        ("これは本です。あれは。", 8, ["これは本です。", "あれは。"]),
        ("नमस्ते। कैसे हैं।", 10, ["नमस्ते।", "कैसे हैं।"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("", 10, [""]),
    ],
)
def test_pieces_end_where_a_reader_pauses(text: str, limit: int, expected: list[str]) -> None:
    assert pieces(text, limit) == expected


def test_the_question_at_the_end_stays_with_its_answers() -> None:
    text = "We looked into it. All is well.\n\nIs there anything else?"
    assert text[tail_start(text, 40) :] == "Is there anything else?"
    assert tail_start("x" * 100, 10) == 90, "without a bound it is as long as may be"
    assert tail_start("ab " * 40, 10) > 109, "and begins with a word"
