"""Shortening what a provider's limit does not hold, at the end of a word and never inside a character."""

import unicodedata

_JOINER = "\u200d"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def shortened(text: str, limit: int) -> str:
    """`text` on one line in at most `limit` characters (2 or more), with an ellipsis if something is gone."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    end = _whole_character_end(line, limit - 1)
    space = line.rfind(" ", 0, end + 1)
    if space >= limit * 0.6:
        end = space
    return line[:end].rstrip() + "…"


def distinct(titles: list[str], limit: int) -> list[str]:
    """The titles shortened to `limit`, with a number on those that shortening made alike."""
    found: list[str] = []
    for title in titles:
        short, count = shortened(title, limit), 2
        while short in found:
            tail = f" {count}"
            short, count = shortened(title, limit - len(tail)) + tail, count + 1
        found.append(short)
    return found


def _whole_character_end(text: str, end: int) -> int:
    """The last place at or before `end` where a reader sees one character end and another begin."""
    while end > 0 and _continues(text, end):
        end -= 1
    return end


def _continues(text: str, at: int) -> bool:
    here, before = text[at], text[at - 1]
    if unicodedata.category(here) in ("Mn", "Me", "Mc") or _JOINER in (here, before):
        return True
    if ord(here) in _SKIN_TONES or ord(here) in _TAGS:
        return True
    return ord(here) in _FLAG_LETTERS and _flag_letters_before(text, at) % 2 == 1


def _flag_letters_before(text: str, at: int) -> int:
    count = 0
    while count < at and ord(text[at - 1 - count]) in _FLAG_LETTERS:
        count += 1
    return count
