"""Numbers and names with their type and plan: SMPP 3.4, 5.2.5 and 5.2.6."""

from typing import NamedTuple

import phonenumbers

from connectors.events import Identity, IdentityKind
from connectors.sms.people import NAMED, person

INTERNATIONAL, NATIONAL, NETWORK, ALPHANUMERIC = 1, 2, 3, 5
_ISDN = 1
_SHORTEST = 7
"""Digits of the shortest number that is no short code."""


class Address(NamedTuple):
    """One end of a message as a PDU names it."""

    ton: int
    npi: int
    value: str


def sender(value: str, *, ton: str = "auto", npi: str = "auto") -> Address:
    """Our end: a number in E.164, a short code, or a name.

    ``auto`` is international 1/1 for a number, 3/0 for a short code, 5/0 for a name.
    """
    digits = value.removeprefix("+")
    kind, plan = NETWORK, 0
    if not (digits.isascii() and digits.isdigit()):
        kind, digits = ALPHANUMERIC, value
    elif value.startswith("+") or len(digits) >= _SHORTEST:
        kind, plan = INTERNATIONAL, _ISDN
    return Address(kind if ton == "auto" else int(ton), plan if npi == "auto" else int(npi), digits)


def recipient(to: tuple[Identity, ...], *, ton: int = INTERNATIONAL, npi: int = _ISDN) -> Address | None:
    """The customer's end: their number, else the short code that they wrote from; None without either."""
    for identity in to:
        if identity.kind is IdentityKind.PHONE:
            return Address(ton, npi, identity.value.removeprefix("+"))
    for identity in to:
        if identity.kind is IdentityKind.USER and identity.value.startswith(NAMED):
            return Address(0, 0, identity.value.removeprefix(NAMED))
    return None


def writer(address: Address, region: str | None) -> Identity:
    """Who wrote: a number in E.164, or a short code or name. Raises `Malformed` for nobody.

    `region` (``IT``) is the country of numbers that come without one.
    """
    if address.ton == ALPHANUMERIC:
        return Identity(IdentityKind.USER, NAMED + address.value)
    is_foreign = address.ton == INTERNATIONAL or address.value.startswith(("+", "00"))
    if region and not is_foreign and len(address.value) >= _SHORTEST:
        try:
            found = phonenumbers.parse(address.value, region)
        except phonenumbers.NumberParseException:
            return person(address.value)
        if phonenumbers.is_valid_number(found):
            form = phonenumbers.PhoneNumberFormat.E164
            return Identity(IdentityKind.PHONE, phonenumbers.format_number(found, form))
    return person(address.value)
