"""What a short message says: its octets, as `data_coding` and the user data header explain them.

SMPP 3.4, 5.2.19; 3GPP TS 23.038, section 4, for the codes that SMSCs pass through from the phone.
"""

from enum import StrEnum
from typing import Any

import msgspec

from connectors.content import Content, Text, Unsupported
from connectors.sms.coding import (
    Concatenation,
    Encoding,
    Header,
    MalformedHeader,
    Scheme,
    joined,
    parse_header,
)
from connectors.sms.smpp.commands import Tag
from connectors.sms.smpp.pdus import Pdu

UDHI = 0x40
_PORTS = (0x04, 0x05)

BINARY = "binary"
_CODECS = {
    1: "ascii",
    5: "shift_jis",
    6: "iso8859_5",
    7: "iso8859_8",
    10: "iso2022_jp",
    13: "euc_jp",
    14: "euc_kr",
}
"""Codings of section 5.2.19 that Python reads; 0, 3 and 8 are ours, 2 and 4 are binary."""


class Alphabet(StrEnum):
    """What `data_coding` 0 means at an SMSC: each one's own default."""

    GSM7 = "gsm7"
    LATIN1 = "latin1"
    ASCII = "ascii"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a message, or a whole one: its octets and how they are coded."""

    octets: bytes
    coding: str
    """``GSM-7``, ``Latin-1``, ``UCS-2``, ``binary``, or the name of one of Python's codecs."""
    locking: int = 0
    single: int = 0
    which: Concatenation | None = None
    """Which part of how many; None if it is the whole."""

    def kept(self) -> dict[str, Any]:
        """A form that a shelf takes."""
        return {"o": self.octets, "c": self.coding, "l": self.locking, "s": self.single}

    @property
    def scheme(self) -> Scheme | None:
        """Its scheme, None if it is coded otherwise."""
        if self.coding not in tuple(Encoding):
            return None
        try:
            return Scheme(Encoding(self.coding), self.locking, self.single)
        except ValueError:  # a national language that does not exist
            return Scheme(Encoding(self.coding))


def piece_of(kept: dict[str, Any]) -> Piece:
    """The other way round from `Piece.kept`."""
    return Piece(octets=bytes(kept["o"]), coding=kept["c"], locking=kept["l"], single=kept["s"])


def read_piece(pdu: Pdu, alphabet: Alphabet) -> Piece:
    """What a `deliver_sm`, `submit_sm` or `data_sm` carries. Raises `MalformedHeader`."""
    octets = bytes(pdu.fields.get("short_message") or pdu.parameter(Tag.MESSAGE_PAYLOAD) or b"")
    header = Header()
    if int(pdu.fields.get("esm_class", 0)) & UDHI:
        header, octets = parse_header(octets)
    coding = coding_of(int(pdu.fields.get("data_coding", 0)), alphabet)
    if any(identifier in _PORTS for identifier, _ in header.elements):
        coding = BINARY  # for a program on the phone, not for a reader
    elif header.locking or header.single:
        coding = Encoding.GSM7  # whatever it is labelled with: only GSM has national tables
    return Piece(
        octets=octets,
        coding=coding,
        locking=header.locking,
        single=header.single,
        which=header.concatenation or _segment(pdu),
    )


def coding_of(data_coding: int, alphabet: Alphabet) -> str:
    """The name of the coding. What compresses or cannot be known is binary."""
    default = {Alphabet.GSM7: Encoding.GSM7, Alphabet.LATIN1: Encoding.LATIN1, Alphabet.ASCII: "ascii"}
    if data_coding == 0:
        return str(default[alphabet])
    if data_coding == 3:
        return Encoding.LATIN1
    if data_coding == 8:
        return Encoding.UCS2
    if data_coding in _CODECS:
        return _CODECS[data_coding]
    return _of_the_phone(data_coding)


def content_of(pieces: list[Piece]) -> Content:
    """What the pieces of one message say, in their order. Raises nothing."""
    if any(piece.coding == BINARY for piece in pieces):
        raw = [piece.octets.hex() for piece in pieces]
        return Unsupported(raw_type="binary", reason="A message for a program, not a text.", raw={"hex": raw})
    if all(piece.scheme for piece in pieces):
        return Text(joined((piece.scheme, piece.octets) for piece in pieces if piece.scheme).rstrip("\0"))
    return Text("".join(_decoded(piece) for piece in pieces))


def _decoded(piece: Piece) -> str:
    scheme = piece.scheme
    return scheme.decode(piece.octets) if scheme else piece.octets.decode(piece.coding, "replace")


def _of_the_phone(code: int) -> str:
    """Data coding schemes of TS 23.038 that SMPP has no numbers for: flash messages and the like."""
    group = code >> 4
    if group <= 0x3:
        is_compressed, alphabet = code & 0x20, code >> 2 & 0x3
        codings = {0: str(Encoding.GSM7), 2: str(Encoding.UCS2)}
        return BINARY if is_compressed else codings.get(alphabet, BINARY)
    if group in (0xC, 0xD):  # message waiting
        return Encoding.GSM7
    if group == 0xE:
        return Encoding.UCS2
    if group == 0xF:  # message class
        return BINARY if code & 0x04 else Encoding.GSM7
    return BINARY


def _segment(pdu: Pdu) -> Concatenation | None:
    """The parameters that stand for a concatenation header, None if they make no sense (5.3.2.22)."""
    reference, total, number = (
        pdu.number(tag) for tag in (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)
    )
    if reference is None or total is None or number is None or not 0 < number <= total <= 255:
        return None
    return Concatenation(reference & 0xFFFF, total, number, wide=True)


__all__ = ["Alphabet", "MalformedHeader", "Piece", "coding_of", "content_of", "piece_of", "read_piece"]
