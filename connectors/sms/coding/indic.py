"""The national tables of nine Indian scripts, which share one plan: 3GPP TS 23.038, A.2.4–12 and A.3.4–12.

Unicode laid these scripts out alike, and annex A follows: the same letter of each script stands in the same
place. So a script is its block in Unicode, what the plan has and the script has not, and what is its own.

As printed, annex A has two slips. Here stands what phones (Android's tables) have: Kannada 0x24 is U+0CA1,
printed as U+0CAA a second time, and Telugu has € at 0x65 like all the others, printed blank.
"""

from collections.abc import Iterable, Mapping

import msgspec

from connectors.sms.coding.tables import Table, read_rows

_PLAN = (
    (0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, "\n", 0x0C, 0x0D, "\r", 0x0E, 0x0F),
    (0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, "", 0x1B, 0x1C, 0x1D, 0x1E),
    (" ", "!", 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, ")", "(", 0x25, 0x26, ",", 0x27, ".", 0x28),
    (*"0123456789:;", 0x29, 0x2A, 0x2B, "?"),
    (0x2C, 0x2D, 0x2E, 0x2F, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3C, 0x3D),
    tuple(range(0x3E, 0x4E)),
)
"""The locking tables' first six rows: offsets in the script's block of 128, and what all scripts share."""

_SHARED_SINGLE = read_rows(
    "@£$¥¿\"¤%&'\f*+\0-/",
    "<=>¡^¡_#*\0\0\0\0\0\0\0",
    "\0\0\0\0\0\0\0\0{}\0\0\0\0\0\\",
    "\0\0\0\0\0\0\0\0\0\0\0\0[~]\0",
    "|ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZ\0\0\0\0\0",
    "\0\0\0\0\0€\0\0\0\0\0\0\0\0\0\0",
)
_DANDAS = (0x0964, 0x0965)


class Script(msgspec.Struct, frozen=True):
    """One script. `absent` are offsets of the plan; all others are code points by place in a table."""

    block: int
    absent: frozenset[int]
    tail: tuple[int, ...]
    """Places 0x60 and 0x7B to 0x7F of the locking table."""
    places: dict[int, int]
    """The single shift table's own characters."""
    stops: tuple[int, ...] = _DANDAS
    """Places 0x19 and 0x1A of the single shift table."""
    digits: range | None = None


def indic_locking(script: Script) -> Table:
    """The locking shift table of a script."""
    table: dict[int, str] = {}
    for place, planned in enumerate(each for row in _PLAN for each in row):
        if isinstance(planned, str):
            table[place] = planned
        elif planned not in script.absent:
            table[place] = chr(script.block + planned)
    table |= dict(enumerate("abcdefghijklmnopqrstuvwxyz", 0x61))
    table |= {place: chr(code) for place, code in zip((0x60, *range(0x7B, 0x80)), script.tail, strict=True)}
    return {place: character for place, character in table.items() if character}


def indic_single(
    block: int, *, stops: tuple[int, ...], places: Mapping[int, int], digits: Iterable[int] | None = None
) -> Table:
    """A single shift table: what all share, full stops, digits, and the script's own places."""
    table = dict(_SHARED_SINGLE)
    digits = range(block + 0x66, block + 0x70) if digits is None else digits
    table |= {place: chr(code) for place, code in enumerate(stops, 0x19)}
    table |= {place: chr(code) for place, code in enumerate(digits, 0x1C)}
    return table | {place: chr(code) for place, code in places.items()}


def _run(*runs: tuple[int, range]) -> dict[int, int]:
    """Places in rising order for runs of code points: ``(0x26, range(0x0951, 0x0953))``."""
    return {place: code for first, codes in runs for place, code in enumerate(codes, first)}


INDIC: dict[int, Script] = {
    4: Script(  # Bengali: its digits begin where the others have full stops
        block=0x0980,
        absent=frozenset({0x0D, 0x0E, 0x11, 0x12, 0x29, 0x31, 0x33, 0x34, 0x35, 0x45, 0x46, 0x49, 0x4A}),
        tail=(0x09CE, 0x09D7, 0x09DC, 0x09DD, 0x09F0, 0x09F1),
        stops=(0x09E6, 0x09E7),
        digits=range(0x09E8, 0x09F0),
        places={
            0x24: 0x09DF,
            **_run((0x25, range(0x09E0, 0x09E3)), (0x2A, range(0x09E3, 0x09E4))),
            **_run((0x2B, range(0x09F2, 0x09F6)), (0x30, range(0x09F6, 0x09FB))),
        },
    ),
    5: Script(  # Gujarati
        block=0x0A80,
        absent=frozenset({0x0E, 0x12, 0x29, 0x31, 0x34, 0x46, 0x4A}),
        tail=(0x0AD0, 0x0AE0, 0x0AE1, 0x0AE2, 0x0AE3, 0x0AF1),
        places={},
    ),
    6: Script(  # Hindi
        block=0x0900,
        absent=frozenset(),
        tail=(0x0950, 0x0972, 0x097B, 0x097C, 0x097E, 0x097F),
        places=_run(
            (0x26, range(0x0951, 0x0953)),
            (0x2A, range(0x0953, 0x0955)),
            (0x2C, range(0x0958, 0x095B)),
            (0x30, range(0x095B, 0x0964)),
            (0x39, range(0x0970, 0x0972)),
        ),
    ),
    7: Script(  # Kannada
        block=0x0C80,
        absent=frozenset({0x01, 0x0D, 0x11, 0x29, 0x34, 0x45, 0x49}),
        tail=(0x0CD5, 0x0CD6, 0x0CE0, 0x0CE1, 0x0CE2, 0x0CE3),
        places={0x26: 0x0CDE, 0x27: 0x0CF1, 0x2A: 0x0CF2},
    ),
    8: Script(  # Malayalam
        block=0x0D00,
        absent=frozenset({0x01, 0x0D, 0x11, 0x29, 0x3C, 0x45, 0x49}),
        tail=(0x0D57, 0x0D60, 0x0D61, 0x0D62, 0x0D63, 0x0D79),
        places=_run(
            (0x26, range(0x0D70, 0x0D72)),
            (0x2A, range(0x0D72, 0x0D76)),
            (0x2E, range(0x0D7A, 0x0D7B)),
            (0x30, range(0x0D7B, 0x0D80)),
        ),
    ),
    9: Script(  # Oriya
        block=0x0B00,
        absent=frozenset({0x0D, 0x0E, 0x11, 0x12, 0x29, 0x31, 0x34, 0x45, 0x46, 0x49, 0x4A}),
        tail=(0x0B56, 0x0B57, 0x0B60, 0x0B61, 0x0B62, 0x0B63),
        places={**_run((0x26, range(0x0B5C, 0x0B5E)), (0x2B, range(0x0B70, 0x0B72))), 0x2A: 0x0B5F},
    ),
    10: Script(  # Punjabi
        block=0x0A00,
        absent=frozenset(
            {0x0B, 0x0C, 0x0D, 0x0E, 0x11, 0x12, 0x29, 0x31, 0x34, 0x37}
            | {0x3D, 0x43, 0x44, 0x45, 0x46, 0x49, 0x4A}
        ),
        tail=(0x0A51, 0x0A70, 0x0A71, 0x0A72, 0x0A73, 0x0A74),
        places={
            **_run((0x26, range(0x0A59, 0x0A5B)), (0x2A, range(0x0A5B, 0x0A5D))),
            0x2C: 0x0A5E,
            0x2D: 0x0A75,
        },
    ),
    11: Script(  # Tamil
        block=0x0B80,
        absent=frozenset(
            {0x01, 0x0B, 0x0C, 0x0D, 0x11, 0x16, 0x17, 0x18, 0x1B, 0x1D, 0x20, 0x21, 0x22, 0x25, 0x26, 0x27}
            | {0x2B, 0x2C, 0x2D, 0x3C, 0x3D, 0x43, 0x44, 0x45, 0x49}
        ),
        tail=(0x0BD0, 0x0BD7, 0x0BF0, 0x0BF1, 0x0BF2, 0x0BF9),
        places={**_run((0x26, range(0x0BF3, 0x0BF5)), (0x2A, range(0x0BF5, 0x0BF9))), 0x2E: 0x0BFA},
    ),
    12: Script(  # Telugu: without full stops of its own
        block=0x0C00,
        absent=frozenset({0x0D, 0x11, 0x29, 0x34, 0x3C, 0x45, 0x49}),
        tail=(0x0C55, 0x0C56, 0x0C60, 0x0C61, 0x0C62, 0x0C63),
        stops=(),
        places={
            **_run((0x26, range(0x0C58, 0x0C5A)), (0x2A, range(0x0C78, 0x0C7D))),
            **_run((0x30, range(0x0C7D, 0x0C80))),
        },
    ),
}
"""The nine scripts by national language identifier."""
