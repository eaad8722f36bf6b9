"""What a file is, by its first bytes, and what a browser may be given of it.

A sender's word counts for nothing that a browser would show: the signatures are those of the WHATWG's MIME
sniffing standard (https://mimesniff.spec.whatwg.org), sections 6.1 and 6.2, and of 3GPP's AMR (RFC 4867).
"""

import re
from typing import NamedTuple
from urllib.parse import quote

HEAD = 512
"""How many first bytes tell what a file is."""


class Signature(NamedTuple):
    """Bytes at a place that tell a type; `further`, if given, must stand somewhere in the head too."""

    mime_type: str
    start: bytes
    at: int = 0
    further: bytes = b""


SIGNATURES = (
    Signature("image/png", b"\x89PNG\r\n\x1a\n"),
    Signature("image/jpeg", b"\xff\xd8\xff"),
    Signature("image/gif", b"GIF87a"),
    Signature("image/gif", b"GIF89a"),
    Signature("image/webp", b"WEBP", 8),
    Signature("audio/wav", b"WAVE", 8),
    Signature("audio/ogg", b"OggS\0", 0, b"OpusHead"),
    Signature("audio/ogg", b"OggS\0", 0, b"\x01vorbis"),
    Signature("video/ogg", b"OggS\0", 0, b"theora"),
    Signature("audio/mp4", b"ftypM4A", 4),
    Signature("audio/mp4", b"ftypM4B", 4),
    Signature("video/3gpp", b"ftyp3g", 4),
    Signature("video/quicktime", b"ftypqt  ", 4),
    Signature("image/heic", b"ftyphei", 4),
    Signature("image/heic", b"ftypmif1", 4),
    Signature("image/avif", b"ftypavif", 4),
    Signature("video/mp4", b"ftyp", 4),
    Signature("video/webm", b"\x1aE\xdf\xa3", 0, b"webm"),
    Signature("audio/mpeg", b"ID3"),
    Signature("audio/mpeg", b"\xff\xfb"),
    Signature("audio/mpeg", b"\xff\xf3"),
    Signature("audio/mpeg", b"\xff\xf2"),
    Signature("audio/aac", b"\xff\xf1"),
    Signature("audio/aac", b"\xff\xf9"),
    Signature("audio/amr", b"#!AMR"),
    Signature("application/pdf", b"%PDF-"),
)

SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}
    | {"audio/wav", "audio/ogg", "audio/mp4", "audio/mpeg", "audio/aac", "audio/webm"}
    | {"video/mp4", "video/webm", "video/ogg", "video/3gpp", "video/quicktime"}
)
"""What a browser may show in place: it can run nothing. Neither SVG nor PDF is among them."""

SAVED = frozenset(
    {"application/pdf", "image/heic", "audio/amr", "text/plain", "text/csv", "text/vcard", "text/calendar"}
    | {"application/zip", "application/json", "application/msword", "application/rtf"}
    | {"application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
    | {f"application/vnd.openxmlformats-officedocument.{kind}" for kind in ("wordprocessingml.document",)}
    | {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    | {"application/vnd.openxmlformats-officedocument.presentationml.presentation"}
    | {"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"}
)
"""What keeps its type when it is saved to a disk. Everything else is a file of no type."""

UNKNOWN = "application/octet-stream"

MOST_PIXELS = 100_000_000
"""A browser unpacks a picture into four bytes a pixel. What has more is a bomb, or a document to be saved."""

_SOUND_TOO = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/3gpp": "audio/3gpp"}
"""Containers of films that also hold sound alone; the head does not tell which."""

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/webm": "webm",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "text/plain": "txt",
}
_NO_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_LONGEST_NAME = 150


def type_of(head: bytes, claimed: str | None) -> str:
    """The type that a file is served under, from its first `HEAD` bytes and what its sender calls it.

    A type that a browser shows is only ever told by the bytes; the sender's word may make sound of a film's
    container, and may name a document. A PNG or GIF of more than `MOST_PIXELS` is a file of no type: packed,
    60,000 by 60,000 of one colour are a few megabytes.
    """
    said = (claimed or "").partition(";")[0].strip().lower()
    for signature in SIGNATURES:
        end = signature.at + len(signature.start)
        if head[signature.at : end] == signature.start and signature.further in head:
            found = signature.mime_type
            if pixels_in(head, found) > MOST_PIXELS:
                return UNKNOWN
            return _SOUND_TOO.get(found, found) if said.startswith("audio/") else found
    return said if said in SAVED else UNKNOWN


def pixels_in(head: bytes, mime_type: str) -> int:
    """How many pixels a PNG (its IHDR chunk) or GIF (its screen descriptor) has; 0 of any other picture."""
    if mime_type == "image/png" and head[12:16] == b"IHDR":  # without it no browser reads on
        width, height = head[16:20], head[20:24]
        return int.from_bytes(width) * int.from_bytes(height)
    if mime_type == "image/gif":
        width, height = head[6:8], head[8:10]
        return int.from_bytes(width, "little") * int.from_bytes(height, "little")
    return 0


def content_kind(mime_type: str) -> str:
    """The tag of the content that carries such a file."""
    major = mime_type.partition("/")[0]
    return major if mime_type in SHOWN and major in ("image", "audio", "video") else "document"


def safe_name(given: str | None, mime_type: str) -> str:
    """A name under which the file can be saved anywhere: no folder, no control characters, none that turn."""
    name = " ".join(_NO_NAME.sub(" ", given or "").split()).strip(" .")
    extension = _EXTENSIONS.get(mime_type)
    if not name:
        return f"file.{extension}" if extension else "file"
    if len(name) > _LONGEST_NAME:
        stem, dot, end = name.rpartition(".")
        keeps = dot and len(end) <= 10
        name = f"{stem[: _LONGEST_NAME - len(end) - 1]}.{end}" if keeps else name[:_LONGEST_NAME]
    return name


def disposition(name: str, *, inline: bool) -> str:
    """The header `Content-Disposition` (RFC 6266): the name in ASCII, and as it is."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
