"""Parts: as few as can be, nothing torn, and together they are the text again."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sms.coding import (
    LANGUAGES,
    Encoding,
    Scheme,
    TooManyParts,
    choose,
    inspect,
    joined,
    parse_header,
    split,
    unpack,
)
from connectors.sms.coding.clusters import is_boundary
from connectors.sms.coding.packing import fill_bits
from tests.connectors.sms.coding.texts import GSM_ONE, GSM_TWO, any_text, emoji_texts

GSM = Scheme()
UCS2 = Scheme(Encoding.UCS2)


def segments_by_hand(text: str, *, wide: bool = False) -> int:
    """The number of segments, found by filling one after the other: knows nothing of the code it tries."""
    is_gsm = all(character in GSM_ONE or character in GSM_TWO for character in text)
    costs = [2 if (each in GSM_TWO if is_gsm else ord(each) > 0xFFFF) else 1 for each in text]
    single, room = (160, 152 if wide else 153) if is_gsm else (70, 66 if wide else 67)
    if sum(costs) <= single:
        return 1
    segments, used = 1, 0
    for cost in costs:
        if used + cost > room:
            segments, used = segments + 1, 0
        used += cost
    return segments


@given(any_text, st.booleans())
def test_segments_are_counted_as_one_counts_by_hand(text: str, wide: bool) -> None:
    found = inspect(text, wide=wide)
    assert found.segments == segments_by_hand(text, wide=wide) == len(split(text, wide=wide))


@given(any_text, st.integers(0, 70_000), st.booleans())
def test_the_parts_together_are_the_text(text: str, reference: int, wide: bool) -> None:
    for scheme in {choose(text), choose(text, LANGUAGES), UCS2}:
        parts = split(text, scheme, reference=reference, wide=wide)
        assert "".join(part.text for part in parts) == text
        assert joined((part.scheme, part.octets) for part in parts) == text
        assert "".join(part.scheme.decode(part.octets) for part in parts) == text
        assert all(len(part.user_data) <= 140 for part in parts)
        assert all(part.text for part in parts) or not text


@given(any_text, st.booleans())
def test_every_part_says_which_it_is(text: str, wide: bool) -> None:
    parts = split(text, choose(text, [1, 6]), reference=0x1FF, wide=wide)
    for number, part in enumerate(parts, 1):
        if not part.header:
            assert len(parts) == 1
            continue
        header, octets = parse_header(part.short_message)
        assert octets == part.octets
        assert header.concatenation == part.concatenation
        assert (header.locking, header.single) == (part.scheme.locking, part.scheme.single)
        if len(parts) > 1:
            assert part.concatenation is not None
            which = (part.concatenation.reference & (0xFFFF if wide else 0xFF), number, len(parts))
            found = header.concatenation
            assert found and (found.reference, found.number, found.total) == which


@given(any_text)
def test_over_the_air_it_is_the_same_text(text: str) -> None:
    for part in split(text, choose(text, [3])):
        data = part.user_data[len(part.header) :]
        if part.scheme.encoding is Encoding.GSM7:
            data = unpack(data, len(part.octets), fill=fill_bits(len(part.header)))
        assert part.scheme.decode(data) == part.text


@given(emoji_texts)
def test_no_character_is_torn_where_that_costs_nothing(text: str) -> None:
    parts = split(text, UCS2)
    at, torn = 0, 0
    for part in parts[:-1]:
        at += len(part.text)
        torn += not is_boundary(text, at)
    if torn:  # then no other cut at whole characters would do with as few parts
        assert _segments_of_whole_characters(text) > len(parts)


def _segments_of_whole_characters(text: str) -> int:
    ends = [at for at in range(1, len(text) + 1) if is_boundary(text, at)]
    segments, start, end = 1, 0, 0
    for upto in ends:
        if len(text[start:upto].encode("utf-16-be")) > 134:
            segments, start = segments + 1, end
        end = upto
    return segments


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 152 + "€" + "b" * 8, [152, 9]),
        ("ж" * 70, [70]),
        ("ж" * 71, [67, 4]),
        ("ж" * 66 + "🙂" + "ж" * 8, [66, 9]),
        ("ж" * 60 + "👩‍👩‍👧‍👦" + "ж" * 8, [60, 15]),
        ("ж" * 66 + "e\u0301" + "ж" * 3, [66, 5]),
        ("a" * 152 + "\r\n" + "b" * 9, [152, 11]),
        ("", [0]),
    ],
)
def test_where_a_text_is_cut(text: str, lengths: list[int]) -> None:
    assert [len(part.text) for part in split(text)] == lengths


def test_two_characters_that_cannot_stay_whole_are_cut_and_not_lost() -> None:
    text = "e" + "\u0301" * 300
    assert [len(part.text) for part in split(text)] == [67, 67, 67, 67, 33]


def test_a_part_that_others_cut_inside_of_a_character_is_read() -> None:
    smile = "🙂".encode("utf-16-be")
    assert joined([(UCS2, b"\x00a" + smile[:2]), (UCS2, smile[2:])]) == "a🙂"
    assert joined([(GSM, b"a\x1b"), (GSM, b"\x65")]) == "a€"
    assert joined([(GSM, b"a"), (UCS2, smile), (GSM, b"b")]) == "a🙂b"
    assert joined([(UCS2, b"\x00a\xd8")]) == "a\ufffd"


def test_half_a_surrogate_pair_is_mended_or_replaced() -> None:
    assert [part.text for part in split("a\ud83d\ude42b\ud83d")] == ["a🙂b\ufffd"]
    assert inspect("\ud83d" * 71).segments == len(split("\ud83d" * 71)) == 2


@pytest.mark.parametrize("text", ["a" * 255 * 153, "ж" * 255 * 67])
def test_a_message_has_at_most_255_parts(text: str) -> None:
    assert len(split(text)) == 255
    with pytest.raises(TooManyParts, match="256 SMS parts; a message has at most 255"):
        split(text + text[0])
    with pytest.raises(TooManyParts):
        inspect(text + text[0])


@pytest.mark.parametrize(
    ("text", "segments"),
    [("Hello you, world! [€] ", 29), ("नमस्ते ", 60), ("👩‍👩‍👧‍👦", 96)],
)
def test_four_thousand_characters_are_cut_in_no_time(text: str, segments: int) -> None:
    text = (text * 4000)[:4000]
    split(text)
    began = time.process_time()
    parts = split(text)
    inspect(text)
    assert time.process_time() - began < 0.1  # measured: 2 ms
    assert joined((part.scheme, part.octets) for part in parts) == text
    assert abs(len(parts) - segments) <= 5
