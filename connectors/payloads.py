"""Payloads that are too long for a provider travel as a reference, and are found again when they come back.

WhatsApp carries 256 characters behind a button and 200 behind a list row; a bot's payload may be longer.
Cutting it would break the bot, and a table of payloads would be state. So the provider gets a reference that
names the option by its place and by a digest, ``parley-option:2:9f86d081884c7d65``, and the tap, which also
names the message it answers, is restored from the options that were sent with that message.
"""

import hashlib
import re
from collections.abc import Sequence

import msgspec

from connectors.content import Carousel, Choice, Content, Option, Options, RichCard

_REFERENCE = re.compile(r"parley-option:(\d{1,3}):([0-9a-f]{16})")


def payloads_within(options: Sequence[Option], limit: int, *, in_bytes: bool = False) -> list[str]:
    """One payload for each option: its own, its title if it has none, a reference where neither may travel.

    All are different, without blank ends, and at most `limit` long, which must be 40 or more: in characters,
    or in bytes of UTF-8 for providers that count those.
    """
    travelling: list[str] = []
    for place, option in enumerate(options):
        own = option.payload or option.title
        size = len(own.encode("utf-8", "replace")) if in_bytes else len(own)
        fits = size <= limit and own == own.strip() and own not in travelling
        travelling.append(own if fits and not is_reference(own) else _reference(place, own))
    return travelling


def is_reference(payload: str) -> bool:
    """Whether a tapped payload stands for a longer one: restore it before anyone acts on it."""
    return _REFERENCE.fullmatch(payload) is not None


def offered(content: Content | None) -> list[Sequence[Option]]:
    """The options of a message, those of each of its cards by themselves."""
    match content:
        case Options(options=options) | RichCard(options=options):
            return [options]
        case Carousel(cards=cards):
            return [card.options for card in cards]
        case _:
            return []


def restored(choice: Choice, *offers: Sequence[Option]) -> Choice:
    """The choice with the payload it stands for, looked up in what was `offered` by the message it answers.

    A choice that is no reference comes back as it is. One that does not match those options is forged or
    answers another message: it gets its title as payload, as if the customer had typed it.
    """
    found = _REFERENCE.fullmatch(choice.payload)
    if found is None:
        return choice
    place = int(found[1])
    for options in offers:
        own = options[place].payload or options[place].title if place < len(options) else ""
        if own and _reference(place, own) == choice.payload:
            return msgspec.structs.replace(choice, payload=own)
    return msgspec.structs.replace(choice, payload=choice.title)


def _reference(place: int, payload: str) -> str:
    digest = hashlib.sha256(payload.encode("utf-8", "replace")).hexdigest()
    return f"parley-option:{place}:{digest[:16]}"
