"""What the bot made of customers' messages: read by the studio, newest first."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from inbox.model.message import Message
from inbox.store.codec import Document, to_value

FALLBACK = "nlu_fallback"
_PARSED: Document = {"parse.intent": {"$exists": True}}
"""By this MongoDB knows that the index `understood` has all of them."""


class Understood:
    """The messages of the collection `messages` that the bot has parsed."""

    def __init__(self, database: Any) -> None:
        self._all = database.messages

    async def since(self, since: datetime, limit: int, edition: str | None = None) -> AsyncIterator[Message]:
        """The newest `limit` messages since then that an edition has read, the newest first."""
        query = {"created_at": {"$gte": since}, **_PARSED, "parse.edition": edition}
        async for document in self._all.find(query).sort("created_at", -1).limit(limit):
            yield to_value(document, Message)

    async def tally(self, since: datetime, edition: str | None = None) -> dict[str | None, dict[str, int]]:
        """By the bot's name of a model of an edition: its turns and conversations since then, and how many of
        the latter ended in a handoff or met a fallback."""
        per_conversation: Document = {
            "_id": {"model": "$parse.model", "conversation": "$conversation_id"},
            "turns": {"$sum": 1},
            "handoffs": {"$max": {"$cond": [{"$gt": ["$parse.handoff", None]}, 1, 0]}},
            "fallbacks": {"$max": {"$cond": [{"$eq": ["$parse.intent.name", FALLBACK]}, 1, 0]}},
        }
        per_model: Document = {
            "_id": "$_id.model",
            "turns": {"$sum": "$turns"},
            "conversations": {"$sum": 1},
            "handoffs": {"$sum": "$handoffs"},
            "fallbacks": {"$sum": "$fallbacks"},
        }
        query = {"created_at": {"$gte": since}, **_PARSED, "parse.edition": edition}
        found = self._all.aggregate([{"$match": query}, {"$group": per_conversation}, {"$group": per_model}])
        return {d.pop("_id", None): d async for d in found}
