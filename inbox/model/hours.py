"""When people are there: opening hours, and time counted in them alone.

The rule is OpenStreetMap's `opening_hours`, which people can write by hand and which knows public holidays:
``Mo-Fr 09:00-13:00,14:00-18:00; PH off; Dec 24-Dec 26 off``.
https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from opening_hours import (  # type: ignore[attr-defined]  # its stubs lack the errors
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

_AT_ONCE = timedelta(days=14)
_UTC = ZoneInfo("UTC")
"""The library takes no other kind of zone."""

_MARGIN = timedelta(hours=12)
"""More than any clock is ever put back by."""

_FAR = timedelta(days=400)
"""Who does not open within this is taken to be closed for good."""


class BadHours(ValueError):
    """The rule, the zone or the country cannot be read. The text is fit for a person."""


class Hours(msgspec.Struct, frozen=True):
    """Opening hours as a person wrote them. All moments given and returned have a time zone."""

    rule: str
    zone: str = "UTC"
    """An IANA time zone, such as ``Europe/Rome``."""
    country: str | None = None
    """Whose public holidays ``PH`` means: an ISO 3166 code of two letters."""


def checked(hours: Hours) -> Hours:
    """The hours, if they can be read. Raises `BadHours`."""
    _read(hours)
    return hours


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether people are there at that moment."""
    return bool(_read(hours).is_open(at.astimezone(_UTC)))


def opens_at(hours: Hours, after: datetime) -> datetime | None:
    """The first moment from `after` on at which people are there, in UTC; None if there is none for long."""
    return next((start for start, _ in _spans(hours, after, after + _FAR)), None)


def open_time(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much of the time between the two moments people were there; zero if `end` comes first."""
    return sum((until - since for since, until in _spans(hours, start, end)), timedelta())


def after_open_time(hours: Hours, start: datetime, span: timedelta) -> datetime | None:
    """The moment, in UTC, at which people will have been there for `span` since `start`.

    None if they are not there for that long within 400 days.
    """
    left = span
    for since, until in _spans(hours, start, start + _FAR):
        if until - since >= left:
            return since + left
        left -= until - since
    return None


def before_open_time(hours: Hours | None, end: datetime, span: timedelta) -> datetime | None:
    """The last moment from which on people were there for `span` until `end`; without hours, always.

    None if they were not there for that long within 400 days.
    """
    if hours is None:
        return end - span
    left, until = span, end
    while until > end - _FAR:
        part = until - _AT_ONCE
        for opened, closed in reversed(list(_spans(hours, part, until))):
            if closed - opened >= left:
                return closed - left
            left -= closed - opened
        until = part
    return None


def is_holiday(hours: Hours, at: datetime) -> bool:
    """Whether it is a public holiday there, and the hours mind that."""
    if not hours.country or "PH" not in hours.rule:
        return False
    return is_open(Hours("PH", hours.zone, hours.country), at)


def _spans(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open spans between the two moments, in UTC: wall clocks jump, and may not be subtracted.

    The library cuts by the wall clock too, which shows an hour twice where clocks go back; so it is asked for
    more, and its spans are cut here.
    """
    rule = _read(hours)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    while start < end:
        part = min(end, start + _AT_ONCE)
        around = rule.intervals((start - _MARGIN).astimezone(_UTC), (part + _MARGIN).astimezone(_UTC))
        for since, until, state, _ in around:
            opened, closed = max(start, since.astimezone(UTC)), min(part, until.astimezone(UTC))
            if state == State.OPEN and opened < closed:
                yield opened, closed
        start = part


@lru_cache(256)
def _read(hours: Hours) -> OpeningHours:
    try:
        zone = ZoneInfo(hours.zone)
    except (KeyError, ValueError, OSError) as error:
        raise BadHours(f"{hours.zone} is no time zone such as Europe/Rome.") from error
    try:
        return OpeningHours(hours.rule, timezone=zone, country=hours.country)
    except ParserError as error:
        raise BadHours(f"“{hours.rule}” is not like Mo-Fr 09:00-18:00; PH off.") from error
    except UnknownCountryError as error:
        raise BadHours(f"The public holidays of {hours.country} are not known.") from error
