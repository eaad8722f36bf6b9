"""The user data header: what is written is read, and what others write does no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sms.coding import Concatenation, Header, MalformedHeader, parse_header
from connectors.sms.coding.header import header_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (header_of(Concatenation(0x2A, 3, 2)), "0500032a0302"),
        (header_of(Concatenation(0x1234, 3, 2, wide=True)), "060804 1234 0302"),
        (header_of(Concatenation(0x1234, 3, 2)), "050003340302"),
        (header_of(None, single=3), "03240103"),
        (header_of(None, locking=1, single=1), "06240101250101"),
        (header_of(None), ""),
    ],
)
def test_a_header_as_the_standard_writes_it(header: bytes, expected: str) -> None:
    assert header == bytes.fromhex(expected)


@given(st.integers(0, 255), st.integers(1, 255), st.booleans(), st.integers(0, 13), st.binary(max_size=40))
def test_what_is_written_is_read(reference: int, number: int, wide: bool, language: int, text: bytes) -> None:
    which = Concatenation(reference, 255, number, wide=wide)
    header, rest = parse_header(header_of(which, single=language, locking=language) + text)
    assert (header.concatenation, header.single, header.locking) == (which, language, language)
    assert rest == text


@pytest.mark.parametrize("octets", ["", "05", "050003", "ff00032a0302"])
def test_a_header_longer_than_its_part_is_malformed(octets: str) -> None:
    with pytest.raises(MalformedHeader):
        parse_header(bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("octets", "elements"),
    [
        ("00", ()),
        ("0470020102", ((0x70, b"\x01\x02"),)),  # of another kind: kept
        ("050003010000", ((0x00, b"\x01\x00\x00"),)),  # part 0 of 0
        ("0500032a0203", ((0x00, b"\x2a\x02\x03"),)),  # part 3 of 2
        ("0400022a02", ((0x00, b"\x2a\x02"),)),  # too short for what it says it is
        ("05000a2a0302", ()),  # an element that runs over the end
    ],
)
def test_an_element_that_makes_no_sense_is_ignored(
    octets: str, elements: tuple[tuple[int, bytes], ...]
) -> None:
    header, rest = parse_header(bytes.fromhex(octets) + b"text")
    assert header == Header(elements)
    assert header.concatenation is None
    assert rest == b"text"


def test_the_last_of_two_concatenations_counts() -> None:
    header, _ = parse_header(bytes.fromhex("0b 0003010201 08040105 0302"))
    assert header.concatenation == Concatenation(0x0105, 3, 2, wide=True)


@given(st.binary(max_size=60))
def test_nothing_else_is_ever_raised(octets: bytes) -> None:
    try:
        header, rest = parse_header(octets)
    except MalformedHeader:
        return
    assert octets.endswith(rest)
    assert header.locking in range(256)
