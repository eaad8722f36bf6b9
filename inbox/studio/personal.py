"""Personal data in texts: found, and masked for the eyes of those who need not see it.

Mail addresses, phone numbers, payment cards (by their check digit), IBANs (by theirs), and names where people
introduce themselves.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers

_MAIL = re.compile(r"(?:(?<![\w.+-])[\w.+-]++|[\w.+-]{1,64})@[\w-]+(?:\.[\w-]+)+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
_NAME = re.compile(
    r"\b(?:my name is|my name's|i am called|this is|mi chiamo|il mio nome è|sono il signor|sono la signora|"
    r"मेरा नाम|ich heiße|mein name ist|je m'appelle|me llamo)\s+"
    r"((?:[^\W\d_][\w'’-]+)(?:\s+[A-ZÀ-Þ][\w'’-]+)?)",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """Where in a text which kind of personal data stands."""

    start: int
    end: int
    kind: str
    """`mail`, `card`, `iban`, `phone` or `name`."""


def found_in(text: str) -> list[Found]:
    """All of it, in order; where two overlap, the surer one."""
    is_taken = bytearray(len(text))
    taken: list[Found] = []
    for each in _candidates(text):
        if not any(is_taken[each.start : each.end]):
            taken.append(each)
            is_taken[each.start : each.end] = b"\1" * (each.end - each.start)
    return sorted(taken)


def masked(text: str) -> str:
    """The text with a dot in place of every letter and digit of personal data."""
    for each in reversed(found_in(text)):
        hidden = "".join("•" if c.isalnum() else c for c in text[each.start : each.end])
        text = text[: each.start] + hidden + text[each.end :]
    return text


def _candidates(text: str) -> Iterator[Found]:
    for match in _MAIL.finditer(text):
        yield Found(match.start(), match.end(), "mail")
    for match in _IBAN.finditer(text):
        if _is_iban(match[0]):
            yield Found(match.start(), match.end(), "iban")
    for match in _CARD.finditer(text):
        if _is_card(match[0]):
            yield Found(match.start(), match.end(), "card")
    for number in phonenumbers.PhoneNumberMatcher(text, None):
        yield Found(number.start, number.end, "phone")
    for match in _NAME.finditer(text):
        if match[1][:1].isupper() or not match[1].isascii():
            yield Found(match.start(1), match.end(1), "name")


def _is_iban(text: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as numbers, modulo 97 it is 1."""
    compact = text.replace(" ", "").upper()
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    """By Luhn's check digit."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) in (17, 18):
        return False
    doubled = (sum(divmod(2 * d, 10)) if n % 2 else d for n, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0 and len(set(digits)) > 1
