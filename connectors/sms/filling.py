"""Checks of what an admin fills in, the same for all providers."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec.structs import replace

from connectors.contract import Capabilities, Setting
from connectors.errors import BadSettings
from connectors.sms.coding.transliteration import transliterated

WORD = r"[!-~]+"
ANY = r"(?s).*\S.*"

RATE = Setting(
    name="rate", meaning="How many messages a second the account may send; empty for no limit", default="10"
)


TRANSLITERATE = Setting(
    name="transliterate",
    meaning="Whether accents, quotes and dashes are written plainly where that saves SMS: yes or no",
    default="no",
)


def spelt(carries: Capabilities, settings: Mapping[str, str]) -> Capabilities:
    """What the channel carries, spelt plainly if an admin wishes so and it counts in SMS."""
    wishes = settings.get("transliterate", "").strip().lower() in ("yes", "true", "1")
    return replace(carries, spell=transliterated) if wishes and carries.short_messages else carries


def check(title: str, settings: Mapping[str, str], wishes: Mapping[str, tuple[str, str]]) -> None:
    """Raise `BadSettings` for the first setting that does not look as wished; never repeats a value.

    `wishes` are pairs of a pattern and of words that go after “should be”.
    """
    for name, (pattern, wish) in wishes.items():
        if not re.fullmatch(pattern, settings.get(name, "")):
            raise BadSettings(f"{title}'s {name} should be {wish}.")
    if not _is_address(settings.get("api_base", "")):
        raise BadSettings(f"{title}'s api_base should be an address that begins with https://.")
    rate_of(title, settings)


def rate_of(title: str, settings: Mapping[str, str]) -> float | None:
    """The rate that is set; None for no limit. Raises `BadSettings`."""
    given = settings.get("rate", "").strip()
    if not given:
        return None
    try:
        rate = float(given)
    except ValueError:
        rate = 0.0
    if not 0.01 <= rate <= 10_000:
        raise BadSettings(f"{title}'s rate should be a number of messages a second, or empty.")
    return rate


def _is_address(given: str) -> bool:
    try:
        parts = urlsplit(given)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
