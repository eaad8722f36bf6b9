"""Times as SMS providers write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_END_OF_TIME = 253_402_300_800
_MILLISECONDS = 100_000_000_000
"""Numbers from here on count milliseconds: as seconds they would be after the year 5000."""
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_COMPACT = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?", re.ASCII)


def moment(written: Any) -> datetime | None:
    """The point in time; None if it makes no sense.

    Reads ISO 8601 with a blank or a T and zones with or without a colon, Unix seconds and milliseconds, and
    ``YYMMDDhhmm`` as in delivery receipts. A time without a zone is in UTC.
    """
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    text = str(written).strip()[:64]
    try:
        if re.fullmatch(r"\d{9,16}(\.\d+)?", text, re.ASCII) and not _is_compact(text):
            return _counted(float(text))
        if found := _ISO.fullmatch(text.replace("%3A", ":")):
            return _iso(found)
        if found := _COMPACT.fullmatch(text):
            year, month, day, hour, minute, second = (int(each) for each in found.groups(default="0"))
            return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return None


def _is_compact(text: str) -> bool:
    """Ten or twelve digits that are a date of this century's first half and no Unix time of our days."""
    return len(text) in (10, 12) and text[:2] in ("20", "21", "22", "23", "24", "25", "26", "27", "28", "29")


def _counted(number: float) -> datetime | None:
    seconds = number / 1000 if number >= _MILLISECONDS else number
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _END_OF_TIME else None


def _iso(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(each) for each in found.groups()[:6])
    fraction, zone = found[7] or "0", found[8] or "Z"
    at = datetime(
        year, month, day, hour, minute, min(second, 59), int(fraction[:6].ljust(6, "0")), tzinfo=UTC
    )
    if zone == "Z":
        return at
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return at - offset if zone[0] == "+" else at + offset
