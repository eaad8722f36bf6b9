"""Times as SMPP writes them: 3.4, 7.1.1. ``YYMMDDhhmmsstnnp``, relative if p is R."""

import re
from datetime import UTC, datetime, timedelta, timezone

_FORM = re.compile(r"(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d)(\d{2})([-+R])")
_DAYS_OF_MONTH, _DAYS_OF_YEAR = 30, 365
_LONGEST = timedelta(days=_DAYS_OF_YEAR * 99)


def relative(period: timedelta) -> str:
    """A time that far from now. Years and months are left zero, since nobody agrees on their length.

    More than 99 days go into months of 30 days and years of 365.
    """
    period = min(max(period, timedelta()), _LONGEST)
    years, days = divmod(period.days, _DAYS_OF_YEAR) if period.days > 99 else (0, period.days)
    months, days = divmod(days, _DAYS_OF_MONTH) if period.days > 99 else (0, days)
    hours, seconds = divmod(period.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    return f"{years:02}{months:02}{days:02}{hours:02}{minutes:02}{seconds:02}000R"


def absolute(moment: datetime) -> str:
    """A moment, which must have a time zone; written in UTC."""
    moment = moment.astimezone(UTC)
    return f"{moment:%y%m%d%H%M%S}{moment.microsecond // 100_000}00+"


def parse(text: str) -> datetime | timedelta | None:
    """The moment, or for a relative time how far away it is; None if it is neither."""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, tenth, quarters = (int(each) for each in found.groups()[:-1])
    if found[9] == "R":
        days = year * _DAYS_OF_YEAR + month * _DAYS_OF_MONTH + day
        return timedelta(days=days, hours=hour, minutes=minute, seconds=second)
    ahead = timedelta(minutes=15 * quarters) * (-1 if found[9] == "-" else 1)
    try:
        zone = timezone(ahead)
        return datetime(2000 + year, month, day, hour, minute, second, tenth * 100_000, tzinfo=zone)
    except ValueError:
        return None
