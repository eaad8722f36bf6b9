"""Texts as weighted n-grams of words and of characters within words, hashed by numpy.

One message costs about a tenth of a millisecond: there is no dictionary to look into and no
sparse matrix to build. Works for any script; where white space does not separate words, the
characters carry the meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

BITS = 18
BUCKETS = 1 << BITS
LONGEST = 5
WORDS = re.compile(r"\w+|[^\w\s]")
DIGIT = re.compile(r"\d")
# Odd constants of splitmix64, https://prng.di.unimi.it/splitmix64.c (public domain).
STEP, MIX, MIX_AGAIN = (
    np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
POWERS = np.cumprod(np.full(256, STEP, np.uint64), dtype=np.uint64)
SPACE = ord(" ")


@dataclass(frozen=True)
class Counted:
    """N-grams of several texts: entry `i` says that text `rows[i]` has `counts[i]` of `buckets[i]`.

    Sorted by text. The n-grams of words and those of characters are told apart by `is_word`.
    """

    rows: np.ndarray
    buckets: np.ndarray
    counts: np.ndarray
    is_word: np.ndarray
    texts: int


def count(texts: list[str]) -> Counted:
    """Words, pairs of neighbouring words, and 1 to 5 characters within a word, of each text."""
    words = [_words(text) for text in texts]
    line = " " + " ".join(word for one in words for word in one) + " "
    codes = np.frombuffer(line.encode("utf-32-le", "replace"), np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(one) for one in words])
    starts = np.flatnonzero(codes == SPACE)[:-1]
    if not owner.size:
        nothing = np.zeros(0, np.int64)
        return Counted(nothing, nothing, nothing.astype(np.float32), nothing.astype(bool), len(texts))
    of_words = _word_hashes(codes, starts, owner)
    of_characters = _character_hashes(codes, starts, owner)
    return _tally(
        [(True, *pair) for pair in of_words] + [(False, *pair) for pair in of_characters], len(texts)
    )


def _words(text: str) -> list[str]:
    """Lower case, one form for each character, every digit a zero: numbers differ, their shape tells."""
    return WORDS.findall(DIGIT.sub("0", unicodedata.normalize("NFKC", text).lower()))


def _word_hashes(
    codes: np.ndarray, starts: np.ndarray, owner: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    place = np.arange(len(codes) - 1) - np.repeat(starts, np.diff(np.append(starts, len(codes) - 1)))
    weighed = codes[:-1].astype(np.uint64) * POWERS[place % len(POWERS)]
    one = _mixed(np.add.reduceat(weighed, starts), 101)
    two = _mixed(one[:-1] * STEP + one[1:], 102)
    together = owner[:-1] == owner[1:]
    return [(owner, one), (owner[:-1][together], two[together])]


def _character_hashes(
    codes: np.ndarray, starts: np.ndarray, owner: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """A space may begin or end an n-gram, and so marks where a word begins or ends."""
    is_space = codes == SPACE
    text_of = owner[np.minimum(np.cumsum(is_space) - 1, len(owner) - 1)]
    wide = codes.astype(np.uint64)
    hashed = wide * POWERS[0]
    inner = np.zeros(len(codes), bool)
    found = [(text_of[~is_space], _mixed(hashed, 1)[~is_space])]
    for size in range(2, min(LONGEST, len(codes)) + 1):
        hashed = hashed[:-1] + wide[size - 1 :] * POWERS[size - 1]
        inner = inner[:-1]
        if size > 2:
            inner = inner | is_space[size - 2 : len(codes) - 1]
        first = is_space[: len(hashed)]
        whole = ~inner & ~(first & is_space[size - 1 :])
        found.append((text_of[: len(hashed)][whole], _mixed(hashed, size)[whole]))
    return found


def _mixed(hashed: np.ndarray, kind: int) -> np.ndarray:
    """Well spread buckets; n-grams of different kinds do not meet on purpose."""
    mixed = hashed + POWERS[kind]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * MIX
    mixed = (mixed ^ (mixed >> np.uint64(27))) * MIX_AGAIN
    return mixed >> np.uint64(64 - BITS)


def _tally(found: list[tuple[bool, np.ndarray, np.ndarray]], texts: int) -> Counted:
    rows = np.concatenate([rows for _, rows, _ in found])
    buckets = np.concatenate([buckets for _, _, buckets in found]).astype(np.int64)
    is_word = np.concatenate([np.full(len(rows), word) for word, rows, _ in found])
    keys, counts = np.unique((rows * 2 + is_word) * BUCKETS + buckets, return_counts=True)
    owner, buckets = np.divmod(keys, BUCKETS)
    return Counted(owner // 2, buckets, counts.astype(np.float32), (owner % 2).astype(bool), texts)


def weigh(counted: Counted, idf: np.ndarray) -> np.ndarray:
    """The weight of each entry: (1 + log count) × idf, so that words and characters of a text
    each have length √½, and a text has length 1 (or 0 when it is empty)."""
    weights = (1 + np.log(counted.counts)) * idf[counted.buckets]
    part = counted.rows * 2 + counted.is_word
    squares = np.bincount(part, weights * weights, minlength=2 * counted.texts)
    return (weights / np.sqrt(2 * squares[part])).astype(np.float32)


def idf_of(counted: Counted) -> np.ndarray:
    """Smoothed inverse document frequency of every bucket, those never seen included."""
    seen = np.bincount(counted.buckets, minlength=BUCKETS)
    return (1 + np.log((1 + counted.texts) / (1 + seen))).astype(np.float32)
