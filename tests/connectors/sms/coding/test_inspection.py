"""What a text costs, and what it would cost without its accents; also by the command."""

import json
import unicodedata

import pytest
from hypothesis import given
from typer.testing import CliRunner

from connectors.sms.coding import Encoding, Scheme, inspect, transliterated
from inbox.cli import app
from tests.connectors.sms.coding.texts import any_text, gsm_texts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("GSM-7", 1, 0, 160, [])),
        ("a" * 160, ("GSM-7", 1, 160, 160, [])),
        ("a" * 160 + "€", ("GSM-7", 2, 162, 153, [])),
        ("a" * 160 + "’", ("UCS-2", 3, 161, 67, ["’"])),
        ("ça va 🙂 ç", ("UCS-2", 1, 10, 70, ["ç", "🙂"])),
    ],
)
def test_what_a_text_takes(text: str, found: tuple[object, ...]) -> None:
    said = inspect(text)
    assert (said.encoding, said.segments, said.units, said.per_segment, said.costly_characters) == found


def test_national_tables_take_room_in_every_part() -> None:
    assert inspect("ş" * 10, [1]).per_segment == 155
    assert [inspect("ş" * 200, [1], wide=wide).per_segment for wide in (False, True)] == [149, 148]
    both = Scheme(Encoding.GSM7, 1, 1)
    assert inspect("ş", scheme=both).per_segment == 152
    assert inspect("ş" * 200, scheme=both).per_segment == 146


def test_of_several_alphabets_the_nearest_says_what_is_missing() -> None:
    assert inspect("şğ ж").costly_characters == ["ş", "ğ", "ж"]
    assert inspect("şğ ж", [1]).costly_characters == ["ж"]


@given(any_text)
def test_only_what_is_not_gsm_is_costly(text: str) -> None:
    found = inspect(text)
    assert (found.encoding is Encoding.UCS2) == bool(found.costly_characters)
    for character in found.costly_characters:
        assert inspect(character).encoding is Encoding.UCS2
        text = text.replace(character, "")
    assert inspect(text).encoding is Encoding.GSM7


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("“Don’t” – wait…\u00a0now — it’s ‘fine’", "\"Don't\" - wait... now - it's 'fine'"),
        ("Zoë à Fès, ça, Łódź, Đà Nẵng, Œuvre", "Zoe à Fès, ca, Lodz, Dà Nang, OEuvre"),
        ("cafe\u0301", "café"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("Grüße, Ærø, ÅÄÖ, Ñandú §5", "Grüße, Ærø, ÅÄÖ, Ñandu §5"),
        ("5½ – 10²", "5½ – 10²"),
        ("“नमस्ते”", "“नमस्ते”"),
        ("Plain", "Plain"),
    ],
)
def test_accents_quotes_and_dashes_are_written_plainly(text: str, written: str) -> None:
    assert transliterated(text) == written


@given(any_text)
def test_transliteration_is_all_or_nothing(text: str) -> None:
    written = transliterated(text)
    assert written == text or inspect(written).encoding is Encoding.GSM7
    assert transliterated(written) == written
    assert (
        inspect(text, transliterate=True).segments <= inspect(unicodedata.normalize("NFC", text)).segments * 3
    )


@given(gsm_texts)
def test_what_is_gsm_already_keeps_every_accent(text: str) -> None:
    assert transliterated(text) == text


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ((), b"a \xe2\x82\xac", ("GSM-7", 1, 4, 160, [])),
        ((), "’\r\n".encode(), ("UCS-2", 1, 3, 70, ["’"])),
        (("--transliterate",), "’".encode(), ("GSM-7", 1, 1, 160, [])),
        (("--language", "Turkish"), "ş".encode(), ("GSM-7", 1, 1, 155, [])),
        (("--language", "6", "--language", "1"), ("ş" * 90).encode(), ("GSM-7", 1, 90, 155, [])),
        (("--language", "all", "--wide"), "न".encode() * 150, ("GSM-7", 1, 150, 155, [])),
    ],
)
def test_the_command_reads_a_text_and_prints_json(
    words: tuple[str, ...], text: bytes, found: tuple[object, ...]
) -> None:
    said = CliRunner().invoke(app, ["sms", "inspect", *words], input=text)
    assert said.exit_code == 0, said.output
    printed = json.loads(said.stdout)
    assert list(printed) == ["encoding", "segments", "units", "per_segment", "costly_characters"]
    assert tuple(printed.values()) == found


@pytest.mark.parametrize(
    ("words", "text", "complaint"),
    [
        ((), b"\xff", "not UTF-8"),
        ((), b"a" * 50_000, "at most 255"),
        (("--language", "klingon"), b"", "no national table “klingon”"),
    ],
)
def test_the_command_says_what_is_wrong(words: tuple[str, ...], text: bytes, complaint: str) -> None:
    said = CliRunner().invoke(app, ["sms", "inspect", *words], input=text)
    assert said.exit_code
    assert complaint in said.stderr
    assert said.stdout == ""
