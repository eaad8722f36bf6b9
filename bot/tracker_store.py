"""Rasa's own commands on our journal: `rasa shell` and whatever else asks for a tracker store."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from journal.collection import Journal
from journal.entries import Entry, offered_by, state_of, taken_up, written
from settings import SettingMissing


class ConversationStore(TrackerStore):
    """Appends to the journal what a tracker has become since it was retrieved."""

    def __init__(
        self,
        domain: Domain,
        host: EndpointConfig | str | None = None,
        event_broker: EventBroker | None = None,
        **options: Any,
    ) -> None:
        """Connects at first use. Raises `SettingMissing` without PARLEY_BOT_MONGODB_URI."""
        uri = os.environ.get("PARLEY_BOT_MONGODB_URI")
        if not uri:
            raise SettingMissing("PARLEY_BOT_MONGODB_URI must name the MongoDB server.")
        super().__init__(domain, event_broker)
        self._journal = Journal(uri, os.environ.get("PARLEY_BOT_MONGODB_DB", "parley_bot"))
        self._journal.prepare()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's last session, as far back as policies look; None if there is none."""
        before, entries = await self._journal.recent(sender_id)
        if not entries:
            return None
        tracker = taken_up(sender_id, before, entries, self.domain)
        self._mark(tracker, entries[-1].number)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The same: older sessions are read from the journal itself."""
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the new events. Raises `Overtaken` if somebody else has appended meanwhile."""
        number, seen = getattr(tracker, "kept", (-1, 0))
        events = list(tracker.events)[seen:]
        if not events:
            return
        await self.stream_events(tracker)
        entry = Entry(
            tracker.sender_id,
            number + 1,
            f"rasa:{uuid.uuid4().hex}",
            written(events),
            state_of(tracker),
            offers=offered_by(events),
        )
        await self._journal.append(entry)
        self._mark(tracker, entry.number)

    async def delete(self, sender_id: str) -> None:
        """Forget a conversation."""
        await self._journal.erase(sender_id)

    async def keys(self) -> Iterable[str]:
        """Every conversation's id."""
        return self._journal.conversations()

    @staticmethod
    def _mark(tracker: DialogueStateTracker, number: int) -> None:
        """Remember on the tracker itself how much of it is written."""
        tracker.kept = (number, len(tracker.events))
