"""When each channel was last heard of. Kept in memory and written now and then: nobody waits for it.

A webhook must not wait for a note about itself, and five thousand a second need no five thousand notes.
"""

import asyncio
from datetime import datetime

import structlog

from connectors.contract import Clock
from inbox.store import Store, StoreError

log = structlog.get_logger(__name__)

_WRITE_EVERY = 5.0


class Pulse:
    """Notes the last webhook of each channel, and the last one that was refused."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._taken: set[str] = set()
        self._refused: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="pulse")

    async def stop(self) -> None:
        """Stop writing; the last seconds are not worth waiting for."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def taken(self, channel_id: str) -> None:
        """A webhook of this channel was taken in."""
        self._taken.add(channel_id)

    def refused(self, channel_id: str) -> None:
        """A webhook came to this channel's address without the right signature."""
        self._refused.add(channel_id)

    async def write(self) -> None:
        """Write what was noted since the last time."""
        now = self._clock()
        taken, self._taken = self._taken, set()
        refused, self._refused = self._refused, set()
        for channel_id in taken | refused:
            noted: dict[str, datetime] = {}
            if channel_id in taken:
                noted["last_webhook_at"] = now
            if channel_id in refused:
                noted["last_refused_at"] = now
            await self._store.channels.note(channel_id, **noted)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_WRITE_EVERY)
            try:
                await self.write()
            except StoreError as error:
                log.warning("pulse not written", error=type(error).__name__)
            except Exception:  # the next round goes on
                log.exception("pulse failed")
