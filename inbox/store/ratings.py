"""How customers found it, over all conversations."""

from datetime import datetime
from typing import Any

from inbox.model.conversation import Conversation
from inbox.store.codec import Document, to_value


class Ratings:
    """Questions to `conversations` about their ratings."""

    def __init__(self, database: Any) -> None:
        self._conversations = database.conversations

    async def counted(self, since: datetime, until: datetime) -> list[Document]:
        """How often each score was given between the moments: `{channel_id, score, count}`."""
        group: Document = {
            "_id": {"channel_id": "$channel_id", "score": "$rating.score"},
            "count": {"$sum": 1},
        }
        pipeline: list[Document] = [{"$match": _between(since, until)}, {"$group": group}]
        found = await self._conversations.aggregate(pipeline).to_list(10_000)
        rows: list[Document] = [{**d["_id"], "count": d["count"]} for d in found]
        return sorted(rows, key=lambda row: (row["channel_id"], row["score"]))

    async def latest(self, since: datetime, until: datetime, limit: int) -> list[Conversation]:
        """The conversations that were rated between the moments, the last rated first."""
        found = self._conversations.find(_between(since, until)).sort("rating.at", -1).limit(limit)
        return [to_value(d, Conversation) for d in await found.to_list(limit)]


def _between(since: datetime, until: datetime) -> Document:
    return {"rating.at": {"$gte": since, "$lt": until, "$type": "date"}}
