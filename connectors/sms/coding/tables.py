"""The GSM 7 bit default alphabet and its extension: 3GPP TS 23.038, 6.2.1 and 6.2.1.1.

A table is a dict from septet to character; what it does not hold is blank in the standard. National tables
are in `national.py`.
"""

from collections.abc import Mapping

Table = Mapping[int, str]

ESCAPE = 0x1B

_ROWS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)


def read_rows(*rows: str) -> dict[int, str]:
    """A table from eight rows of sixteen characters; a NUL leaves a place blank, an ESC is the escape."""
    places = enumerate("".join(rows))
    return {place: character for place, character in places if character not in ("\0", "\x1b")}


DEFAULT: Table = read_rows(*_ROWS)

EXTENSION: Table = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
