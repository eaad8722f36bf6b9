"""Files that phones and businesses send: kept in a folder, known by an id of the stand-in."""

import functools
import hashlib
import io
import math
import re
import secrets
import struct
import wave
import zlib
from pathlib import Path

import msgspec

LARGEST = 16 * 1024 * 1024
"""Bytes of one file that the stand-in keeps."""


class File(msgspec.Struct, kw_only=True):
    """What is known of a kept file. `sha256` is hex."""

    id: str
    mime_type: str
    name: str
    size: int
    sha256: str


class Files:
    """The kept files."""

    def __init__(self, home: Path) -> None:
        """`home` is made if it is not there."""
        home.mkdir(parents=True, exist_ok=True)
        self._home = home

    def keep(self, content: bytes, *, mime_type: str, name: str) -> File:
        """Keep a file under a new id."""
        digest = hashlib.sha256(content).hexdigest()
        file = File(
            id=str(10**15 + secrets.randbelow(9 * 10**15)),
            mime_type=mime_type,
            name=name[:200],
            size=len(content),
            sha256=digest,
        )
        (self._home / file.id).write_bytes(content)
        (self._home / f"{file.id}.json").write_bytes(msgspec.json.encode(file))
        return file

    def find(self, file_id: str) -> tuple[File, Path] | None:
        """A kept file and where it lies; None for an id that was never given."""
        about = self._home / f"{file_id}.json"
        if not re.fullmatch(r"\d{16}", file_id) or not about.exists():
            return None
        return msgspec.json.decode(about.read_bytes(), type=File), self._home / file_id


@functools.cache
def a_picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG of an evening by the sea, for a phone without a camera."""
    sun = (width * 0.68, height * 0.52, height * 0.17)
    rows = b"".join(b"\0" + bytes(_pixels(y, width, height, sun)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _pixels(y: int, width: int, height: int, sun: tuple[float, float, float]) -> list[int]:
    part, is_sea = y / height, y > height * 0.62
    sky = (250 - 60 * part, 150 + 90 * part, 120 + 60 * part)
    sea = (40 + 50 * part, 90 + 40 * part, 140 + 20 * part)
    row: list[int] = []
    for x in range(width):
        is_sun = not is_sea and math.hypot(x - sun[0], y - sun[1]) < sun[2]
        glints = is_sea and abs(x - sun[0]) < sun[2] * (1.6 - part) and (y // 3) % 3 == 0
        row += [int(v) for v in ((255, 226, 150) if is_sun or glints else sea if is_sea else sky)]
    return row


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@functools.cache
def a_sound(seconds: float = 1.5, rate: int = 8000) -> bytes:
    """A WAV of three soft notes, for a phone without a microphone."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(_sample(n / rate, seconds) for n in range(int(seconds * rate))))
    return kept.getvalue()


def _sample(at: float, seconds: float) -> bytes:
    place = at / seconds * 3
    pitch = (392.0, 494.0, 587.0)[min(int(place), 2)]
    loudness = 9000 * (1 - place % 1)
    return struct.pack("<h", int(loudness * math.sin(2 * math.pi * pitch * at)))
