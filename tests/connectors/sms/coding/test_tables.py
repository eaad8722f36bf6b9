"""The alphabets, against what 3GPP TS 23.038 prints. Whole tables were compared with two independent sets."""

import pytest

from connectors.sms.coding import LANGUAGES, Encoding, NotInAlphabet, Scheme
from connectors.sms.coding.national import LOCKING, SINGLE
from tests.connectors.sms.coding.texts import GSM_ONE, GSM_TWO


def gsm(locking: int = 0, single: int = 0) -> Scheme:
    return Scheme(Encoding.GSM7, locking, single)


def test_the_default_alphabet_is_in_the_order_of_the_standard() -> None:
    places = [place for place in range(128) if place != 0x1B]
    assert gsm().encode(GSM_ONE) == bytes(places)
    assert gsm().decode(bytes(places)) == GSM_ONE


def test_the_extension_is_escaped() -> None:
    assert gsm().encode(GSM_TWO).hex(" ", 2) == "1b0a 1b14 1b28 1b29 1b2f 1b3c 1b3d 1b3e 1b40 1b65"
    assert gsm().decode(gsm().encode(GSM_TWO)) == GSM_TWO


@pytest.mark.parametrize("character", ["`", "ç", "Á", "\t", "\x1b", "α", "’", "\u00a0", "🙂"])
def test_what_looks_like_gsm_and_is_not(character: str) -> None:
    with pytest.raises(NotInAlphabet) as caught:
        gsm().encode("ab" + character)
    assert caught.value.character == character
    assert gsm().encode(f"a{character}b", errors="replace") == b"a?b"
    assert gsm().encode(f"a{character}b", errors="ignore") == b"ab"


@pytest.mark.parametrize(
    ("tables", "text", "octets"),
    [
        ((1, 0), "ığĞşŞİç€", "07 0c 0b 1d 1c 40 60 04"),
        ((0, 1), "ĞİŞçğış", "1b47 1b49 1b53 1b63 1b67 1b69 1b73"),
        ((0, 2), "çÁÍÓÚáíóú", "1b09 1b41 1b49 1b4f 1b55 1b61 1b69 1b6f 1b75"),
        ((3, 0), "êúíóçÔôÁáªÇÀ∞^\\€Ó|", "04 06 07 08 09 0b 0c 0e 0f 12 13 14 15 16 17 18 19 1a"),
        ((3, 3), "ΦΓΩΠΨΣΘ", "1b12 1b13 1b15 1b16 1b17 1b18 1b19"),
        ((0, 3), "êçÔôÊÀÃÕÂâ", "1b05 1b09 1b0b 1b0c 1b1f 1b41 1b5b 1b5c 1b61 1b7f"),
        (
            (4, 4),
            "\u0981\u0995\u09b7\u09cd\u09f1\u09e6\u09ed\u09df\u09fa",
            "00 15 4b 5f 7f 1b19 1b21 1b24 1b34",
        ),
        ((5, 5), "\u0a8d\u0aa4\u0abe\u0ad0\u0af1\u0964\u0aef", "0c 27 50 60 7f 1b19 1b25"),
        ((6, 6), "\u0905\u0929\u0939\u0950\u097f\u0965\u0958\u0971", "03 3c 4d 60 7f 1b1a 1b2c 1b3a"),
        ((7, 7), "\u0c82\u0ca1\u0cd5\u0ce3\u0cde\u0cf2", "01 24 60 7f 1b26 1b2a"),
        ((8, 8), "\u0d05\u0d34\u0d57\u0d79\u0d7a\u0d7f", "03 48 60 7f 1b2e 1b34"),
        ((9, 9), "\u0b13\u0b33\u0b3c\u0b63\u0b5c\u0b71", "13 47 4e 7f 1b26 1b2c"),
        ((10, 10), "\u0a2a\u0a3c\u0a51\u0a74\u0a6d\u0a75", "3d 4e 60 7f 1b23 1b2d"),
        ((11, 11), "\u0b95\u0bb4\u0bd0\u0bf9\u0bee\u0bfa", "15 48 60 7f 1b24 1b2e"),
        ((12, 12), "\u0c01\u0c31\u0c55\u0c63\u0c6c\u0c7f€", "00 45 60 7f 1b22 1b32 1b65"),
        ((13, 13), "\u0627\u06af\u06d2\u0670\u0600\u060c\u06d4", "00 4a 5b 7f 1b19 1b26 1b3f"),
    ],
)
def test_national_tables_have_their_characters_where_annex_a_has_them(
    tables: tuple[int, int], text: str, octets: str
) -> None:
    assert gsm(*tables).encode(text) == bytes.fromhex(octets)
    assert gsm(*tables).decode(bytes.fromhex(octets)) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_a_national_table_comes_back(language: int) -> None:
    for locking in {0, language} & LOCKING.keys():
        text = "".join([*LOCKING[locking].values(), *SINGLE[language].values()])
        scheme = gsm(locking, language)
        assert scheme.missing(text) == []
        assert scheme.decode(scheme.encode(text)) == text
        assert set("0123456789 \n") <= set(LOCKING[locking].values())


def test_spanish_has_no_locking_table() -> None:
    with pytest.raises(ValueError, match="no tables 2"):
        gsm(2, 2)


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("1b61", "a"),  # not in the extension: the default alphabet's character (6.2.1.1)
        ("611b", "a "),  # nothing follows the escape
        ("1b1b61", " a"),  # an extension of the extension does not exist
        ("1b651b65", "€€"),
        ("e4", "\ufffd"),  # no septet at all
    ],
)
def test_odd_octets_are_read_as_a_phone_reads_them(octets: str, text: str) -> None:
    assert gsm().decode(bytes.fromhex(octets)) == text
