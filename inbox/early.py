"""Reports that come before the receipt of their message is written: kept by ingest, applied here.

A provider may report on a message before its answer to the send call has arrived.
"""

from datetime import datetime, timedelta
from typing import Any

from connectors.contract import Clock
from inbox.actions.reports import reported
from inbox.bus import Bus
from inbox.joined import Joined
from inbox.model.commit import Commit, change_of
from inbox.model.thread import Thread
from inbox.store import Store

_LATE = timedelta(minutes=2)
"""How long after a report its message's receipt may still be written."""


class EarlyReports:
    """Brings reports and messages together."""

    def __init__(self, store: Store, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._swept: datetime | None = None
        self._early = Joined(self._early_of)

    async def apply_to(self, key: str) -> None:
        """As `apply`, for one message that has just got its `external_key`: seldom is there a report."""
        if await self._early.ask(key):
            await self.apply([key])

    async def _early_of(self, keys: list[str]) -> list[bool]:
        found = {early.id for early in await self._store.messages.early(keys)}
        return [key in found for key in keys]

    async def apply(self, keys: list[str]) -> None:
        """Apply what was reported on the messages of these `external_key`s, and forget the reports."""
        for early in await self._store.messages.early(keys):

            async def work(session: Any, key: str = early.id) -> tuple[Commit, None]:
                messages = await self._store.messages.named([key], [], session)
                reports = await self._store.messages.early([key], session)
                if not messages or not reports:
                    return Commit(), None
                conversation = await self._store.conversations.get(messages[0].conversation_id, session)
                if conversation is None:
                    return Commit(), None
                thread, message = Thread(conversation, self._clock()), messages[0]
                for report in reports[0].reports:
                    message = reported(thread, message, report, key) or message
                await self._store.messages.forget_early([key], session)
                return Commit(conversations=[change_of(thread)] if thread.is_changed else []), None

            commit, _ = await self._store.change(work)
            self._bus.publish(commit)

    async def sweep(self) -> None:
        """Apply reports whose message has got its receipt since, for example before a kill.

        Looks through all of them at first, later through those of the last minutes: a number that another
        program sends by as well has many that will never find their message.
        """
        since, self._swept = self._swept, self._clock() - _LATE
        async for keys in self._store.messages.early_keys(since):
            found = await self._store.messages.named(keys, [])
            await self.apply([m.external_key for m in found if m.external_key])
