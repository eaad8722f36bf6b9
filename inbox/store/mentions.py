"""Notes that name a colleague, and up to which one each of them has looked."""

from typing import Any

from inbox.model.message import Message
from inbox.store.codec import to_value


class Mentions:
    """The collection `mentions_seen`, and the notes among `messages`."""

    def __init__(self, database: Any) -> None:
        self._messages = database.messages
        self._seen = database.mentions_seen

    async def of(self, user_id: str, limit: int) -> list[Message]:
        """The newest notes that name them, the newest first."""
        query = {"content.mentions": user_id}
        found = await self._messages.find(query).sort("_id", -1).limit(limit).to_list(limit)
        return [to_value(d, Message) for d in found]

    async def seen(self, user_id: str) -> str:
        """The id of the newest note that they have seen, empty if none."""
        document = await self._seen.find_one({"_id": user_id})
        return str(document["upto"]) if document else ""

    async def see(self, user_id: str, upto: str) -> None:
        """They have seen all up to this one. It never goes back."""
        await self._seen.update_one({"_id": user_id}, {"$max": {"upto": upto}}, upsert=True)
