"""Texts as weighted n-grams of words and of characters within words, hashed by numpy.

There is no vocabulary to look into and no sparse matrix to build, and the n-grams of a word that
was in a message before are known. Works for any script; where white space does not separate words, the
characters carry the meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from components.spelling import spelt

BITS = 18
BUCKETS = 1 << BITS
LONGEST = 5
WORDS = re.compile(r"\w+|[^\w\s]")
# Odd constants of splitmix64, https://prng.di.unimi.it/splitmix64.c (public domain).
STEP, MIX, MIX_AGAIN = (
    np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
POWERS = np.cumprod(np.full(256, STEP, np.uint64), dtype=np.uint64)
SPACE = ord(" ")

Hashed = tuple[int, np.ndarray]
"""A word's own bucket, and those of the characters in it."""
REMEMBERED, ORDINARY, FEW = 8_192, 24, 1_000
"""How many words are kept, of how many letters, and how many new ones at once: not those of a training."""
_remembered: dict[str, Hashed] = {}


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
    sizes = [len(one) for one in words]
    if not any(sizes):
        nothing = np.zeros(0, np.int64)
        return Counted(nothing, nothing, nothing.astype(np.float32), nothing.astype(bool), len(texts))
    known = _known([word for one in words for word in one])
    owner = np.repeat(np.arange(len(texts)), sizes)
    one = np.array([hashed for hashed, _ in known], np.uint64)
    two = _mixed(one[:-1] * STEP + one[1:], 102)
    together = owner[:-1] == owner[1:]
    of_characters = np.repeat(owner, [len(characters) for _, characters in known])
    return _tally(
        np.concatenate([owner, owner[:-1][together], of_characters]),
        np.concatenate([one, two[together], *(characters for _, characters in known)]),
        len(one) + int(together.sum()),
        len(texts),
    )


def _known(words: list[str]) -> list[Hashed]:
    """Each word's n-grams: most messages have no word that was not in others before them."""
    known = {word: _remembered.get(word) for word in words}
    new = [word for word, hashed in known.items() if hashed is None]
    if new:
        made = dict(zip(new, _hashed(new), strict=True))
        known.update(made)
        if len(_remembered) > REMEMBERED:
            _remembered.clear()
        if len(made) < FEW:
            _remembered.update((word, it) for word, it in made.items() if len(word) <= ORDINARY)
    return [known[word] for word in words]  # type: ignore[misc]


def _hashed(words: list[str]) -> list[Hashed]:
    line = " " + " ".join(words) + " "
    codes = np.frombuffer(line.encode("utf-32-le", "replace"), np.uint32)
    owner = np.arange(len(words))
    starts = np.flatnonzero(codes == SPACE)[:-1]
    of_words = _word_hashes(codes, starts)
    found = _character_hashes(codes, owner)
    owners = np.concatenate([rows for rows, _ in found])
    buckets = np.concatenate([hashed for _, hashed in found])[np.argsort(owners, kind="stable")]
    ends = np.cumsum(np.bincount(owners, minlength=len(words)))[:-1]
    return list(zip(of_words.tolist(), (part.copy() for part in np.split(buckets, ends)), strict=True))


def _words(text: str) -> list[str]:
    """Spelt alike, and every digit a zero: numbers differ, their shape tells."""
    return WORDS.findall(spelt(text))


def _word_hashes(codes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    place = np.arange(len(codes) - 1) - np.repeat(starts, np.diff(np.append(starts, len(codes) - 1)))
    weighed = codes[:-1].astype(np.uint64) * POWERS[place % len(POWERS)]
    return _mixed(np.add.reduceat(weighed, starts), 101)


def _character_hashes(codes: np.ndarray, owner: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
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


def _tally(rows: np.ndarray, buckets: np.ndarray, of_words: int, texts: int) -> Counted:
    """The first `of_words` entries are words' and pairs'."""
    is_word = np.arange(len(rows)) < of_words
    keys, counts = np.unique((rows * 2 + is_word) * BUCKETS + buckets.astype(np.int64), return_counts=True)
    part, buckets = np.divmod(keys, BUCKETS)
    owner, is_word = np.divmod(part, 2)
    return Counted(owner, buckets, counts.astype(np.float32), is_word.astype(bool), texts)


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
