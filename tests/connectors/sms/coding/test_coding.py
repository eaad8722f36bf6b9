"""What is decoded is what was encoded, in every scheme, packed and unpacked; and the best scheme is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sms.coding import LANGUAGES, Encoding, Scheme, choose, pack, unpack
from connectors.sms.coding.packing import fill_bits
from tests.connectors.sms.coding.texts import PEOPLE_WRITE, any_text, gsm_texts


@given(any_text)
def test_what_is_decoded_is_what_was_encoded(text: str) -> None:
    for languages in ((), tuple(LANGUAGES)):
        scheme = choose(text, languages, latin1=bool(languages))
        assert scheme.decode(scheme.encode(text)) == text


@pytest.mark.parametrize("text", PEOPLE_WRITE.values(), ids=list(PEOPLE_WRITE))
def test_it_holds_for_what_people_write(text: str) -> None:
    scheme = choose(text, LANGUAGES)
    assert scheme.decode(scheme.encode(text)) == text


@pytest.mark.parametrize(
    ("language", "number"), [(name, number) for number, name in LANGUAGES.items() if name in PEOPLE_WRITE]
)
def test_a_language_with_a_national_table_needs_no_ucs2_where_the_operator_agrees(
    language: str, number: int
) -> None:
    text = PEOPLE_WRITE[language].replace("`", "").replace("∞", "").replace("à", "a")
    assert choose(text).encoding is Encoding.UCS2
    assert choose(text, [number]).encoding is Encoding.GSM7


def test_plain_gsm_is_chosen_whenever_it_suffices() -> None:
    assert choose("Köln [€]", LANGUAGES, latin1=True) == Scheme()
    assert choose("façade", latin1=True).encoding is Encoding.LATIN1
    assert choose("façade").encoding is Encoding.UCS2


@pytest.mark.parametrize("languages", [[0], [14], [1, -1]])
def test_an_unknown_language_is_refused(languages: list[int]) -> None:
    with pytest.raises(ValueError, match="no national language"):
        choose("ş", languages)


@pytest.mark.parametrize(
    ("text", "packed"),
    [  # the worked examples that GSM books print
        ("", ""),
        ("1", "31"),
        ("hellohello", "e8329bfd4697d9ec37"),
        ("AAAAAAA", "c16030180c0601"),
        ("How are you?", "c8f71d14969741f977fd07"),
    ],
)
def test_septets_are_packed_as_the_books_show(text: str, packed: str) -> None:
    assert pack(Scheme().encode(text)).hex() == packed
    assert Scheme().decode(unpack(bytes.fromhex(packed), len(text))) == text


@given(st.binary(max_size=200).map(lambda octets: bytes(octet & 0x7F for octet in octets)), st.integers(0, 6))
def test_packed_septets_come_back(septets: bytes, fill: int) -> None:
    packed = pack(septets, fill=fill)
    assert unpack(packed, len(septets), fill=fill) == septets
    assert len(packed) == (len(septets) * 7 + fill + 7) // 8 * bool(septets)
    as_number = sum(septet << (7 * at) for at, septet in enumerate(septets)) << fill
    assert int.from_bytes(packed, "little") == as_number


@given(gsm_texts)
def test_without_a_count_padding_is_known_unless_an_at_sign_is_last(text: str) -> None:
    septets = Scheme().encode(text.rstrip("@"))
    assert unpack(pack(septets)) == septets


def test_the_text_begins_at_a_septet_after_the_header() -> None:
    assert [fill_bits(octets) for octets in (0, 4, 6, 7)] == [0, 3, 1, 0]
