"""Words of a text, so that it is found again: in any script, whatever the case and the accents.

Words are folded: compatibility forms and accents of Latin, Greek, Cyrillic, Arabic and Hebrew letters go, as
does case. Marks of Indic scripts are vowels and stay. Scripts that do not part words by spaces are cut into
overlapping pairs of letters, which finds any word of theirs without a dictionary. A number written in groups
is found by its digits alone too. After Unicode's UAX 29 and NFKD (UAX 15), simplified.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_LONGEST = 40
_MOST = 200
"""How many different words of one text are kept."""

_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f]"
)
_GROUPED = re.compile(r"\+?\d[\d\s().\-/\u00a0\u202f]{2,30}\d")
_PLAIN = re.compile("[a-z0-9]+")
"""A run in a folded text of ASCII alone, as `_runs` finds them, for a fifth of the time."""

_SHORTEST_END = 4
"""The least digits at its end by which a telephone number is found."""


class Word(NamedTuple):
    """A folded word, and where it stands in the text."""

    word: str
    start: int
    end: int


def words_in(text: str) -> Iterator[Word]:
    """The words of a text, in their order; grouped numbers follow at the end."""
    for start, end in _runs(text):
        run = text[start:end]
        if _UNSPACED.search(run):
            yield from _pairs(run, start)
        elif folded := _fold_all(run):
            yield Word(folded[:_LONGEST], start, end)
    yield from _grouped(text)


def _grouped(text: str) -> Iterator[Word]:
    """Numbers that are written in groups, without what parts these."""
    for found in _GROUPED.finditer(text):
        digits = "".join(str(unicodedata.digit(c)) for c in found[0] if c.isdigit())
        if len(digits) < found.end() - found.start():
            yield Word(digits[:_LONGEST], *found.span())


def index_words(text: str) -> list[str]:
    """The different words under which a text is kept, at most 200."""
    if not text.isascii():
        return list(dict.fromkeys(word for word, _, _ in words_in(text)))[:_MOST]
    words = dict.fromkeys(run[:_LONGEST] for run in _PLAIN.findall(text.lower()))
    words |= dict.fromkeys(word for word, _, _ in _grouped(text))
    return list(words)[:_MOST]


def number_words(address: str) -> list[str]:
    """The words under which a telephone number is kept: its digits, and each end of four or more of them."""
    digits = "".join(c for c in address if c in "0123456789")
    return [digits[cut:] for cut in range(max(1, len(digits) - _SHORTEST_END + 1)) if digits[cut:]]


def query_words(query: str) -> tuple[list[str], str | None]:
    """What is asked for: whole words, and the beginning of a word, for the last one may be unfinished.

    The beginning is None after a space, and where the script makes pairs.
    """
    query = query.strip("\0")
    if grouped := _GROUPED.fullmatch(query.strip()):
        return [], "".join(c for c in grouped[0] if c.isdigit())
    found = [word for word in words_in(query) if not _GROUPED.fullmatch(query[word.start : word.end])]
    if not found:
        return [], None
    last = found[-1]
    is_open = last.end == len(query) and (len(last.word) == 1 or not _UNSPACED.search(last.word))
    whole = [word for word, _, _ in (found[:-1] if is_open else found)]
    return list(dict.fromkeys(whole)), last.word if is_open else None


def marks(text: str, query: str) -> list[tuple[int, int]]:
    """Where the text has what was asked for: spans in code points, in order, none within another."""
    whole, begun = query_words(query)
    wanted = set(whole)
    spans = sorted(
        (start, start + _shown(text[start:end], begun) if begun and word not in wanted else end)
        for word, start, end in words_in(text)
        if word in wanted or (begun and word.startswith(begun))
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _shown(run: str, begun: str) -> int:
    """How many characters of the run make up the beginning that was asked for."""
    for length in range(1, len(run) + 1):
        if len(_fold_all(run[:length])) >= len(begun):
            return length
    return len(run)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """The longest runs of letters, digits and marks, where a script without spaces is a run of its own."""
    start, kind = 0, 0
    for place, character in enumerate(text):
        now = _kind(character) or (3 if kind and unicodedata.category(character)[0] == "M" else 0)
        if now == 3:  # a mark belongs to what it stands on
            now = kind
        if now != kind:
            if kind:
                yield start, place
            start, kind = place, now
    if kind:
        yield start, len(text)


@lru_cache(8192)
def _kind(character: str) -> int:
    """2 for a script without spaces, 1 for any other letter or digit, 0 for what parts words or is a mark."""
    if _UNSPACED.match(character) and unicodedata.category(character)[0] in "LNM":
        return 2
    return int(unicodedata.category(character)[0] in "LN")


def _pairs(run: str, start: int) -> Iterator[Word]:
    if len(run) == 1:
        yield Word(_fold_all(run), start, start + 1)
    for place in range(len(run) - 1):
        yield Word(_fold_all(run[place : place + 2]), start + place, start + place + 2)


def _fold_all(run: str) -> str:
    return unicodedata.normalize("NFC", "".join(map(_fold, run)))


@lru_cache(8192)
def _fold(character: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", character)).casefold()
