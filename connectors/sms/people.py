"""Who is on the other end: numbers as providers write them, in one form.

Providers write a number with its country code, with a plus sign or without. A sender may also be a short code
or a name; whoever wrote from one is known by it, and may be answered where the provider allows.
"""

import re
from functools import lru_cache

import phonenumbers

from connectors.errors import RecipientRefused
from connectors.events import Identity, IdentityKind
from connectors.tolerant import Malformed

_DRESSING = str.maketrans("", "", " -.()\u00a0\u200e\u200f\u202a\u202c")
_SHORTEST = 7
"""Digits of the shortest number that has a country code; what is shorter is a short code."""
_LONGEST_NAME = 64
NAMED = "sms:"
"""Before what is no number: a short code or a name."""
WHATSAPP = "whatsapp:"


@lru_cache(maxsize=131_072)
def person(written: str) -> Identity:
    """The identity of a sender as a provider writes it. Raises `Malformed` for what is no sender's name."""
    plain = written.strip().removeprefix(WHATSAPP).translate(_DRESSING)
    digits = plain.removeprefix("+")
    digits = digits.removeprefix("00") if plain.startswith("00") else digits
    if not (digits.isascii() and digits.isdigit()):
        return _named(written.strip().removeprefix(WHATSAPP))
    if len(digits) < _SHORTEST or len(digits) > 20:
        return _named(digits)
    return Identity(IdentityKind.PHONE, _e164(digits))


def address(to: tuple[Identity, ...]) -> str:
    """What to send to: a number with its plus sign, or a short code. Raises `RecipientRefused`."""
    for identity in to:
        if identity.kind == IdentityKind.PHONE:
            return identity.value
    for identity in to:
        if identity.kind == IdentityKind.USER and identity.value.startswith(NAMED):
            return identity.value.removeprefix(NAMED)
    raise RecipientRefused("The customer has no phone number.", code="recipient")


def number(written: str | None) -> str | None:
    """One of our own numbers, as every event of the channel should call it; None if there is none."""
    plain = (written or "").strip()
    if not plain:
        return None
    prefix = WHATSAPP if plain.startswith(WHATSAPP) else ""
    try:
        known = person(plain)
    except Malformed:
        return None
    return prefix + known.value.removeprefix(NAMED)


def _named(written: str) -> Identity:
    if not written or len(written) > _LONGEST_NAME or not re.search(r"\w", written):
        raise Malformed("nothing says who wrote this")
    return Identity(IdentityKind.USER, NAMED + written)


def _e164(digits: str) -> str:
    """As the numbering plans have it; digits that they do not know stay as they are."""
    try:
        read = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return f"+{digits}"
    if not phonenumbers.is_possible_number(read):
        return f"+{digits}"
    written: str = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    return written
