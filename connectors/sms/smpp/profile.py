"""What an admin fills in, as the connector uses it."""

import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

import phonenumbers

from connectors.errors import BadSettings
from connectors.sms.smpp.commands import Command
from connectors.sms.smpp.connector import Profile
from connectors.sms.smpp.link import Access
from connectors.sms.smpp.outbound import Long, Writing, languages_named
from connectors.sms.smpp.reception import Reading
from connectors.sms.smpp.texts import Alphabet
from connectors.sms.smpp.times import relative

BINDS: dict[str, tuple[Command, ...]] = {
    "transceiver": (Command.BIND_TRANSCEIVER,),
    "separate": (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER),
    "transmitter": (Command.BIND_TRANSMITTER,),
    "two transceivers": (Command.BIND_TRANSCEIVER, Command.BIND_TRANSCEIVER),
}
"""By what an admin chooses: the binds to keep up."""

_RECEIPTS = {"all": 1, "failures": 2, "none": 0}
_PLAIN = "in plain characters"
_TEXTS = {
    "host": (r"[!-~]{1,255}", "a host name or an address"),
    "system_id": (r"[ -~]*[!-~][ -~]*", f"the account's name, {_PLAIN}"),
    "password": (r"[ -~]*[!-~][ -~]*", f"the account's password, {_PLAIN}"),
    "system_type": (r"[ -~]{0,32}", _PLAIN),
    "service_type": (r"[ -~]{0,32}", _PLAIN),
    "address_range": (r"[ -~]{0,64}", _PLAIN),
    "from": (r"[ -~]{0,20}", "a number, a short code or a name"),
    "source_ton": (r"auto|\d{1,2}", "a number, or auto"),
    "source_npi": (r"auto|\d{1,2}", "a number, or auto"),
}

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def profile_of(settings: Mapping[str, str]) -> Profile:
    """The profile of these complete settings. Raises `BadSettings`; never repeats a value."""
    for name, (pattern, wish) in _TEXTS.items():
        if not re.fullmatch(pattern, settings[name]) or (
            name in ("host", "system_id") and not settings[name].strip()
        ):
            raise BadSettings(f"SMPP's {name} should be {wish}.")
    return Profile(
        access=_access(settings),
        binds=_one_of(settings, "bind", BINDS),
        source=settings["from"].strip(),
        writing=_writing(settings),
        reading=Reading(
            alphabet=_word(settings, "alphabet", Alphabet),
            region=_region(settings),
            expiry=timedelta(minutes=_number(settings, "gather_minutes", 0.01, 4000)),
        ),
        source_ton=settings["source_ton"],
        source_npi=settings["source_npi"],
        dest_ton=int(_number(settings, "dest_ton", 0, 255)),
        dest_npi=int(_number(settings, "dest_npi", 0, 255)),
        rate=_number(settings, "rate", 0.01, 10_000) if settings["rate"].strip() else None,
    )


def _access(settings: Mapping[str, str]) -> Access:
    authority = _pem(settings["tls_authority"])
    if authority:
        try:
            ssl.create_default_context(cadata=authority)
        except (ssl.SSLError, ValueError):
            raise BadSettings("SMPP's tls_authority should be certificates in PEM.") from None
    return Access(
        host=settings["host"],
        port=int(_number(settings, "port", 1, 65_535)),
        system_id=settings["system_id"],
        password=settings["password"],
        system_type=settings["system_type"],
        address_range=settings["address_range"],
        tls=_one_of(settings, "tls", _YES_OR_NO),
        authority=authority,
        window=int(_number(settings, "window", 1, 1000)),
        enquire_every=_number(settings, "enquire_seconds", 0.1, 3600),
        patience=_number(settings, "answer_seconds", 0.1, 600),
    )


def _pem(pasted: str) -> str:
    """Certificates as they were before a form made one line of them."""
    found = re.findall(r"(-----BEGIN [A-Z ]+-----)(.*?)(-----END [A-Z ]+-----)", pasted, re.DOTALL)
    whole = ["\n".join((begin, *body.split(), end, "")) for begin, body, end in found]
    return "".join(whole) or pasted.strip()


def _writing(settings: Mapping[str, str]) -> Writing:
    is_limited = bool(settings["validity_hours"].strip())
    validity = timedelta(hours=_number(settings, "validity_hours", 0.01, 10_000)) if is_limited else None
    try:
        languages = languages_named(settings["languages"])
    except ValueError:
        raise BadSettings("SMPP's languages should be names such as turkish and hindi.") from None
    return Writing(
        alphabet=_word(settings, "alphabet", Alphabet),
        long=_word(settings, "long_messages", Long),
        wide=_one_of(settings, "reference_bits", {"8": False, "16": True}),
        languages=languages,
        latin1=_one_of(settings, "latin1", _YES_OR_NO),
        service_type=settings["service_type"],
        validity_period=relative(validity) if validity else "",
        registered_delivery=_one_of(settings, "receipts", _RECEIPTS),
    )


_YES_OR_NO = {"yes": True, "no": False}


def _region(settings: Mapping[str, str]) -> str | None:
    region = settings["region"].strip().upper()
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        raise BadSettings("SMPP's region should be a country's two letters, or empty.")
    return region or None


def _number(settings: Mapping[str, str], name: str, least: float, most: float) -> float:
    try:
        found = float(settings[name])
    except ValueError:
        found = least - 1
    if not least <= found <= most:
        raise BadSettings(f"SMPP's {name} should be a number from {least:g} to {most:g}.")
    return found


def _one_of(settings: Mapping[str, str], name: str, choices: Mapping[str, T]) -> T:
    given = settings[name].strip().lower()
    if given not in choices:
        raise BadSettings(f"SMPP's {name} should be {' or '.join(choices)}.")
    return choices[given]


def _word(settings: Mapping[str, str], name: str, kind: type[E]) -> E:
    return _one_of(settings, name, {each.value: each for each in kind})
