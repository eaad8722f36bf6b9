"""The times of Google, phones and carriers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from connectors.tolerant import Json

_BROKEN_TIME = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[T\s]+(\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?\s*", re.IGNORECASE
)

SHORTEST, LONGEST = 10, 15 * 24 * 3600
"""How many seconds Google lets a message live, at least and at most."""

MARGIN = 120
"""So many seconds after we should have taken a message back Google does so itself: then nobody is there."""


def seconds_to_live(settings: Mapping[str, str]) -> int | None:
    """After how long Google takes a message back that was not delivered; None: it tries for 30 days.

    A message that would go another way by then must not arrive later, whether or not we are there to take it
    back. A carrier's gateway is told only what was set for it by hand.
    """
    if settings["ttl"]:
        return int(settings["ttl"])
    minutes = int(settings["fallback_minutes"] or 0)
    if not minutes or not settings["fallback_channel"] or settings["carrier"] != "google":
        return None
    return min(minutes * 60 + MARGIN, LONGEST)


def moment(of: Json, *keys: str) -> datetime | None:
    """The point in time under one of the keys (RFC 3339, any number of fractional digits), None if it makes
    no sense. Carriers also write blanks in it, leave the zone out (UTC), or count milliseconds since 1970.
    """
    for key in keys:
        value = of.get(key)
        if type(value) is str and (at := _written(value)):
            return at
        if type(value) is int and (at := _counted(value)):
            return at
    return None


def _written(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        if value.isascii() and value.isdigit() and len(value) < 16:
            return _counted(int(value))
        found = _BROKEN_TIME.fullmatch(value) if len(value) < 64 else None
        if found is None:
            return None
        day, time, fraction, zone = found.groups()
        return _written(f"{day}T{time}{f'.{fraction}' if fraction else ''}{(zone or 'Z').upper()}")
    return _sensible(at if at.tzinfo else at.replace(tzinfo=UTC))


def _counted(value: int) -> datetime | None:
    seconds = value / 1000 if value > 10**11 else value
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 253_402_300_800 else None


def _sensible(at: datetime) -> datetime | None:
    return at.astimezone(UTC) if 1970 < at.year < 9999 else None
