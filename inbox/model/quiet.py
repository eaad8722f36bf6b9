"""Quiet hours: when a machine may not begin to write to somebody, by the clock where they are. Pure.

An answer that somebody gives is never quiet; what a machine starts, or was told to say later, is.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import phonenumbers
from phonenumbers import timezone

from connectors.events import Identity, IdentityKind

USUAL = "21:00-08:00"
"""What the TCPA asks for (47 CFR 64.1200(c)(1)), and a good custom anywhere."""

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)")
_STEP = timedelta(minutes=15)
"""All zones of the world differ from one another by so much, or a multiple of it."""

_AHEAD = timedelta(days=2)


class BadSpan(ValueError):
    """The quiet hours cannot be read. The text is fit for a person."""


class Span(msgspec.Struct, frozen=True):
    """From when to when it is quiet, by the local clock; over midnight when it begins after it ends."""

    start: time
    end: time

    def holds(self, moment: datetime) -> bool:
        """Whether a local moment is quiet. What begins when it ends is never quiet."""
        now = moment.time().replace(tzinfo=None)
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


def span_of(text: str) -> Span | None:
    """The quiet hours as somebody wrote them; None for ``off``. Raises `BadSpan`."""
    if text.strip().lower() in ("", "off"):
        return None
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise BadSpan("Write quiet hours as 21:00-08:00, or off.")
    hour, minute, until_hour, until_minute = map(int, found.groups())
    return Span(time(hour, minute), time(until_hour, until_minute))


def zones_of(addresses: Iterable[Identity], known: object = None) -> tuple[ZoneInfo, ...]:
    """Where somebody may be: in the zone that is `known` of them, else in those of their number's country.

    Empty when nothing tells. A mobile number of a wide country may be anywhere in it.
    """
    if isinstance(known, str) and (zone := _zone(known)):
        return (zone,)
    found: dict[str, ZoneInfo] = {}
    for address in addresses:
        if address.kind is IdentityKind.PHONE:
            found |= {zone.key: zone for zone in _zones_of_number(address.value)}
    return tuple(found.values())


def quiet_until(now: datetime, zones: Iterable[ZoneInfo], span: Span | None) -> datetime | None:
    """When it stops being quiet for somebody in any of the zones; None if it is not quiet.

    Where it is day nowhere at the same time, as with a span that is longer than the day is shared, the zone
    that wakes first decides.
    """
    places = tuple(zones)
    if span is None or span.start == span.end or not places:
        return None
    if not _is_quiet(now, places, span):
        return None
    for some in (places, places[:1]):
        moment = _next_step(now)
        while moment <= now + _AHEAD:
            if not _is_quiet(moment, some, span):
                return moment
            moment += _STEP
    return None


def _is_quiet(moment: datetime, zones: tuple[ZoneInfo, ...], span: Span) -> bool:
    return any(span.holds(moment.astimezone(zone)) for zone in zones)


def _next_step(now: datetime) -> datetime:
    """The next quarter of an hour: where local clocks may change to another hour."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + ((now - day) // _STEP + 1) * _STEP


@lru_cache(maxsize=10_000)
def _zones_of_number(number: str) -> tuple[ZoneInfo, ...]:
    try:
        parsed = phonenumbers.parse(number if number.startswith("+") else f"+{number}")
    except phonenumbers.NumberParseException:
        return ()
    names = timezone.time_zones_for_number(parsed)
    return tuple(zone for name in names if (zone := _zone(name)))


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo | None:
    if name == "Etc/Unknown":
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
