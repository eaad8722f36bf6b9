"""Meta's times."""

from datetime import UTC, datetime

from connectors.tolerant import Json, number

_END_OF_TIME = 253_402_300_800  # 10000-01-01, past what a datetime holds


def moment(of: Json, key: str = "timestamp") -> datetime | None:
    """The point in time under `key`, in seconds since 1970 as Meta writes it; None if it makes no sense."""
    seconds = number(of, key)
    if seconds is None or not 0 < seconds < _END_OF_TIME:
        return None
    return datetime.fromtimestamp(seconds, UTC)
