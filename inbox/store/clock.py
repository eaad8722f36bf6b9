"""One time for all processes: MongoDB's, carried on between two questions by this process's monotonic clock.

Leases, retries and the order of changes compare times that different processes wrote. A process whose own
clock is wrong, or jumps, would take what others hold, or leave due work lying for an hour. So nobody's own
clock is asked.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import structlog
from pymongo.errors import PyMongoError

log = structlog.get_logger(__name__)

_EVERY = 10.0
"""Seconds between two questions: a quartz goes wrong by less than a millisecond meanwhile."""

_TELL = 1.0
"""A correction by so many seconds is worth a line in the log."""


class StoreClock:
    """Tells MongoDB's time. To be set once before it is read."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._offset: float | None = None
        """Seconds from this process's monotonic clock to MongoDB's time since 1970."""

    def __call__(self) -> datetime:
        """MongoDB's time now, within half the time that a question took."""
        assert self._offset is not None, "nobody has set the store's clock"
        return datetime.fromtimestamp(time.monotonic() + self._offset, UTC)

    async def set(self) -> None:
        """Ask MongoDB; what we knew stays if it is as good as the answer. Raises `StoreError`."""
        asked = time.monotonic()
        told = (await self._database.command("hello"))["localTime"].replace(tzinfo=UTC).timestamp()
        answered = time.monotonic()
        offset = told - (asked + answered) / 2
        doubt = (answered - asked) / 2 + 0.001  # MongoDB tells milliseconds
        if self._offset is not None and abs(offset - self._offset) <= doubt:
            return
        if self._offset is not None and abs(offset - self._offset) > _TELL:
            log.warning("the store's clock has jumped", seconds=round(offset - self._offset, 3))
        self._offset = offset

    async def keep(self) -> None:
        """Ask now and then, for ever."""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.set()
            except PyMongoError as error:
                log.debug("the store's clock is not asked", error=type(error).__name__)
