"""What a message says about consent: stop, start, help, perhaps a request to stop, or nothing.

A word counts only as the whole message, after NFKC and case folding and without the white space, zero-width
characters, quotes and closing punctuation around it. Pure: who has opted out is for the caller to know.
"""

import unicodedata
from enum import StrEnum
from functools import lru_cache

from connectors.sms.wishes import may_be_a_request_to_stop, without_signature
from connectors.sms.words import COUNTRIES, EVERYWHERE, LANGUAGES, Words

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
    tongue = (language or "").replace("_", "-").split("-")[0].lower()
    found = _words(tongue, (country or "").upper()).get(word) if len(word) <= _LONGEST_WORD else None
    if found is not None:
        wish, needs_opt_out = found
        return wish if opted_out or not needs_opt_out else Wish.NONE
    above = _trimmed(without_signature(plain))
    is_signed = above != word and _words(tongue, (country or "").upper()).get(above) == (Wish.OPT_OUT, False)
    return Wish.REVIEW if is_signed or may_be_a_request_to_stop(plain) else Wish.NONE


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
