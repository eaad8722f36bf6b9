"""What a file is, and under which name and type a browser is given it."""

import pytest

from inbox.model.filetypes import SHOWN, UNKNOWN, content_kind, disposition, safe_name, type_of

HEADS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "audio/ogg": b"OggS\0\x02" + b"\0" * 20 + b"\x01\x13OpusHead",
    "video/mp4": b"\0\0\0\x20ftypisom",
    "audio/mp4": b"\0\0\0\x20ftypM4A ",
    "video/3gpp": b"\0\0\0\x18ftyp3gp4",
    "video/webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm",
    "application/pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_file_is_what_its_bytes_say(kind: str) -> None:
    assert type_of(HEADS[kind], "text/html") == kind


def test_a_voice_note_in_a_films_container_is_sound() -> None:
    assert type_of(HEADS["video/webm"], "audio/webm;codecs=opus") == "audio/webm"
    assert type_of(HEADS["video/mp4"], "audio/mp4") == "audio/mp4"


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        (b"<svg onload=alert(1)>", "image/svg+xml"),
        (b"<!doctype html><script>alert(1)</script>", "image/png"),
        (b"<script>", "text/html"),
        (b"<script>", "application/xhtml+xml"),
        (b"MZ", "application/x-msdownload"),
        (b"", None),
    ],
)
def test_what_only_claims_to_be_harmless_has_no_type(head: bytes, claimed: str | None) -> None:
    found = type_of(head, claimed)
    assert found == "application/octet-stream"
    assert found not in SHOWN
    assert content_kind(found) == "document"


@pytest.mark.parametrize(
    ("width", "height", "kind"),
    [(10_000, 10_000, "image/png"), (10_001, 10_000, UNKNOWN), (2**32 - 1, 2**32 - 1, UNKNOWN)],
)
def test_a_picture_that_unpacks_to_more_than_a_browser_bears_is_not_shown(
    width: int, height: int, kind: str
) -> None:
    size = width.to_bytes(4) + height.to_bytes(4)
    assert type_of(HEADS["image/png"] + b"\0\0\0\x0dIHDR" + size, "image/png") == kind


def test_nor_is_such_an_animation() -> None:
    assert type_of(b"GIF89a\xff\xff\xff\xff", None) == UNKNOWN
    assert type_of(b"GIF89a\x00\x01\x00\x01", None) == "image/gif"


def test_a_document_keeps_its_claimed_type() -> None:
    assert type_of(b"name,price", "text/csv; charset=utf-8") == "text/csv"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("C:\\temp\\a.pdf", "C temp a.pdf"),
        ("a\r\nX-Evil: 1.pdf", "a X-Evil 1.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("", "file.pdf"),
        (None, "file.pdf"),
        ("...", "file.pdf"),
        ("फ़ाइल.pdf", "फ़ाइल.pdf"),
    ],
)
def test_a_name_leads_nowhere(given: str | None, name: str) -> None:
    assert safe_name(given, "application/pdf") == name


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("x" * 400 + ".pdf", "application/pdf").endswith("x.pdf")
    assert len(safe_name("x" * 400 + ".pdf", "application/pdf")) == 150


def test_the_header_carries_any_name_and_breaks_on_none() -> None:
    header = disposition('a"b\u2603.png', inline=True)
    assert header == "inline; filename=\"a_b_.png\"; filename*=UTF-8''a%22b%E2%98%83.png"
