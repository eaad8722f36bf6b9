"""What a message says about consent: stop, start, help, perhaps a request to stop, or nothing.

A word counts only as the whole message, after NFKC and case folding and without the white space, zero-width
characters, quotes and closing punctuation around it. Pure: who has opted out is for the caller to know.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from connectors.sms.wishes import may_be_a_request_to_stop, without_signature
from connectors.sms.words import CLEAR, COUNTRIES, EVERYWHERE, LANGUAGES, Words

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」『』"
_ENDS = ".,;:!?…。！？，、；：।॥۔؟·"
_LONGEST_WORD = 64


class Wish(StrEnum):
    """What to do about a message, besides answering it."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    REVIEW = "review"
    """Possibly a request to stop in the customer's own words: for a human, flagged as consent."""
    NONE = "none"


def wish_of(
    text: str, *, opted_out: bool = False, language: str | None = None, country: str | None = None
) -> Wish:
    """What the message wishes.

    `language` (ISO 639, a region is ignored) and `country` (ISO 3166, of the customer's number) add their
    words to those that count everywhere. “Yes” is an opt-in only from somebody who has `opted_out`.
    """
    plain = _plain(text)
    word = _trimmed(plain)
    if not word:
        return Wish.NONE
    tongue = _tongue(language or "")
    found = _words(tongue, (country or "").upper()).get(word) if len(word) <= _LONGEST_WORD else None
    if found is not None:
        wish, needs_opt_out = found
        return wish if opted_out or not needs_opt_out else Wish.NONE
    above = _trimmed(without_signature(plain))
    is_signed = above != word and _words(tongue, (country or "").upper()).get(above) == (Wish.OPT_OUT, False)
    return Wish.REVIEW if is_signed or may_be_a_request_to_stop(plain) else Wish.NONE


def word_of(
    text: str,
    *,
    opted_out: bool = False,
    languages: Iterable[str] = (),
    country: str | None = None,
    clear: bool = False,
) -> Wish:
    """What the message wishes if it is nothing but a word for it: never `REVIEW`, and quick for all others.

    As `wish_of`, but of every language that the customer may speak. `clear` counts only words that mean
    nothing else.
    """
    word = _word_in(text)
    if word is None or (clear and word not in _clear()):
        return Wish.NONE
    country = (country or "").upper()
    found = [_words(tongue, country).get(word) for tongue in (*map(_tongue, languages), "")]
    wishes = [wish for wish, needs in filter(None, found) if opted_out or not needs]
    return min(wishes, key=_FIRST.index, default=Wish.NONE)


def may_be_a_word(text: str) -> bool:
    """Whether the message is a word of any language's: quick, for it is asked of every message."""
    return _word_in(text) is not None


def _word_in(text: str) -> str | None:
    short = text.strip()
    if not short or len(short) > 2 * _LONGEST_WORD:
        return None
    word = _trimmed(short.casefold() if short.isascii() else _plain(short))
    return word if word in _of_all_languages() else None


_FIRST = (Wish.OPT_OUT, Wish.OPT_IN, Wish.HELP)
"""Which wish counts where languages differ: that to get nothing more is never overruled."""


def _tongue(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()


@lru_cache(maxsize=1)
def _of_all_languages() -> frozenset[str]:
    each = (*(_words(tongue, "") for tongue in LANGUAGES), *(_words("", land) for land in COUNTRIES))
    return frozenset(word for words in each for word in words)


@lru_cache(maxsize=1)
def _clear() -> frozenset[str]:
    return frozenset(_trimmed(_plain(word)) for word in CLEAR)


def _plain(text: str) -> str:
    """Lower case, one form for each character, and nothing invisible."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace("i\u0307", "i").replace("ı", "i")  # Turkish, however it was typed
    return "".join(each for each in folded if unicodedata.category(each) != "Cf")


def _trimmed(plain: str) -> str:
    """The words alone, with one space between them."""
    alone, before = " ".join(plain.split()), ""
    while alone != before:
        before, alone = alone, alone.strip().strip(_QUOTES).rstrip(_ENDS)
    return alone


@lru_cache(maxsize=256)
def _words(language: str, country: str) -> dict[str, tuple[Wish, bool]]:
    """Each word's wish, and whether it counts only after an opt-out. An opt-out word is never overruled."""
    found: dict[str, tuple[Wish, bool]] = {}
    for words in (LANGUAGES.get(language, Words()), COUNTRIES.get(country, Words()), EVERYWHERE):
        lists = (
            (words.yes, Wish.OPT_IN, True),
            (words.help, Wish.HELP, False),
            (words.into, Wish.OPT_IN, False),
        )
        for each, wish, needs_opt_out in lists:
            found |= {_trimmed(_plain(word)): (wish, needs_opt_out) for word in each}
    for words in (LANGUAGES.get(language, Words()), COUNTRIES.get(country, Words()), EVERYWHERE):
        found |= {_trimmed(_plain(word)): (Wish.OPT_OUT, False) for word in words.out}
    return found
