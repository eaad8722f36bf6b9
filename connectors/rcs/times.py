"""The times of Google, phones and carriers."""

import re
from datetime import UTC, datetime

from connectors.tolerant import Json

_BROKEN_TIME = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[T\s]+(\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?\s*", re.IGNORECASE
)


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
