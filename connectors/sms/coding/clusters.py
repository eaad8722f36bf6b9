"""Where a reader sees one character end and the next begin: a working part of Unicode's UAX 29.

Simplified: whatever follows a joiner belongs to it, and a letter after a virama belongs to its conjunct.
"""

import unicodedata

_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FIRST_MARK = "\u0300"
_ZWNJ, _ZWJ = "\u200c", "\u200d"


def last_boundary(text: str, *, least: int, most: int) -> int | None:
    """The last place from `most` down to `least` between two characters as a reader sees them."""
    for at in range(most, least - 1, -1):
        if is_boundary(text, at):
            return at
    return None


def is_boundary(text: str, at: int) -> bool:
    """Whether the text may be cut before its character number `at` without tearing what a reader sees."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before < _FIRST_MARK and after < _FIRST_MARK:
        return not (before == "\r" and after == "\n")
    if before in "\r\n":
        return True
    return not (_extends(after) or before == _ZWJ or _joins(before, after) or _is_inside_flag(text, at))


def _extends(character: str) -> bool:
    code = ord(character)
    return (
        character in (_ZWNJ, _ZWJ)
        or code in _SKIN_TONES
        or code in _TAGS
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
    )


def _joins(before: str, after: str) -> bool:
    """Hangul syllables written letter by letter, and Indic conjuncts."""
    left, right = _hangul(before), _hangul(after)
    if right:
        return (left, right) in (("L", "L"), ("L", "V"), ("V", "V"), ("V", "T"), ("T", "T"))
    return unicodedata.combining(before) == 9 and unicodedata.category(after) == "Lo"


def _hangul(character: str) -> str:
    """The kind of a Hangul letter or syllable by what may follow it, empty for any other character."""
    code = ord(character)
    if 0x1100 <= code < 0x1160 or 0xA960 <= code < 0xA97D:
        return "L"
    if 0x1160 <= code < 0x11A8 or 0xD7B0 <= code < 0xD7C7:
        return "V"
    if 0x11A8 <= code < 0x1200 or 0xD7CB <= code < 0xD7FC:
        return "T"
    if 0xAC00 <= code < 0xD7A4:
        return "S"
    return ""


def _is_inside_flag(text: str, at: int) -> bool:
    count = 0
    while count < at and ord(text[at - 1 - count]) in _REGIONAL:
        count += 1
    return ord(text[at]) in _REGIONAL and count % 2 == 1
