"""Cutting what a provider's limit does not hold, where it hurts least and never inside a character."""

import re
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


_BOUNDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\n[^\S\n]*\n\s*",  # a paragraph
        r"\s*\n\s*",  # a line
        r"[.!?…。！？।॥۔؟]+[\"'”’»)\]]*(?:\s+|(?<=[。！？।॥۔])(?=\S))",  # a sentence
        r"[,;:、，；：،]\s+",  # a clause
        r"\s+",  # a word
    )
)
"""Where a text may be cut, the best places first. The next piece begins where the match ends."""


def pieces(text: str, limit: int) -> list[str]:
    """The text in as few pieces of at most `limit` characters (2 or more) as there can be.

    With that number given, each piece ends at the best bound there is: of a paragraph, a line, a sentence, a
    clause, a word, at least of a character. Nothing is lost but white space where two pieces part. Only a
    character that is itself longer than the limit is cut.
    """
    left, found = text.strip(), []
    while len(left) > limit:
        may_need = _least(left, limit) - 1
        end = _best_end(left, limit, may_need)
        found.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return [*found, left]


def tail_start(text: str, limit: int) -> int:
    """Where the last piece of at most `limit` characters may begin: the latest bound of the best kind."""
    least = len(text) - limit
    for bound in _BOUNDS:
        ends = [match.end() for match in bound.finditer(text) if least <= match.end() < len(text)]
        if ends:
            return ends[-1] if bound is not _BOUNDS[-1] else ends[0]
    return len(text) - len(_hard_end_of(text, limit))


def _hard_end_of(text: str, limit: int) -> str:
    start = len(text) - limit
    while start < len(text) - 1 and _continues(text, start):
        start += 1
    return text[start:]


def _best_end(text: str, limit: int, may_need: int) -> int:
    """The end of a first piece after which the rest still fits into `may_need` pieces."""
    furthest = _hard_end(text, limit)
    for bound in _BOUNDS:
        found = bound.finditer(text, 0, limit + 64)
        ends = [m.end() for m in found if m.start() + len(m.group().rstrip()) <= limit]
        if ends and _least(text[ends[-1] :].lstrip(), limit) <= may_need:
            return ends[-1]
    return furthest


def _least(text: str, limit: int) -> int:
    """How many pieces there must be at least, when no bound but those of characters is minded."""
    count, at = 0, 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        count, at = count + 1, at + _hard_end(text[at : at + limit + 1], limit)
    return count


def _hard_end(text: str, limit: int) -> int:
    """The last end of a character within the limit; the limit itself if one character fills all of it."""
    return len(text) if len(text) <= limit else _whole_character_end(text, limit) or limit


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
