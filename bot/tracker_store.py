"""Rasa's conversations in MongoDB, written so that an acknowledged turn survives a crash."""

from __future__ import annotations

import os
from typing import Any

from pymongo import MongoClient
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import MongoTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from settings import SettingMissing


class ConversationStore(MongoTrackerStore):
    """One document for each conversation. A save is one atomic update of that document.

    Stock Rasa acknowledges writes that only memory has, waits 30 seconds for a server that is
    away, and lets two processes create the same conversation; this does none of them.
    """

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
        self.client: MongoClient[dict[str, Any]] = MongoClient(
            uri,
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=3_000,
            connect=False,
            appname="parley-bot",
        )
        self.db = self.client[os.environ.get("PARLEY_BOT_MONGODB_DB", "parley_bot")]
        self.collection = "conversations"
        TrackerStore.__init__(self, domain, event_broker)
        self._ensure_indices()

    def _ensure_indices(self) -> None:
        self.conversations.create_index("sender_id", name="one_per_sender", unique=True)

    def has_event(self, conversation_id: str, key: str, value: str) -> bool:
        """Whether any session of the conversation holds an event whose field `key` is `value`."""
        query = {"sender_id": conversation_id, f"events.{key}": value}
        return self.conversations.find_one(query, {"_id": 1}) is not None
