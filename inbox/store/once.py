"""Requests under their `Idempotency-Key`, and what they were answered."""

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from inbox.model.once import KEPT, Asked
from inbox.store.codec import to_document, to_value

FORGOTTEN_AFTER = int(KEPT.total_seconds())


class Once:
    """The collection `asked`."""

    def __init__(self, database: Any) -> None:
        self._all = database.asked

    async def begin(self, asked: Asked) -> Asked | None:
        """Take the key. None if it is ours now, else who had it first."""
        try:
            await self._all.insert_one(to_document(asked))
        except DuplicateKeyError:
            return await self.get(asked.id) or await self.begin(asked)
        return None

    async def get(self, key: str) -> Asked | None:
        """The request under a key."""
        document = await self._all.find_one({"_id": key})
        return to_value(document, Asked) if document else None

    async def take_up(self, dead: Asked, owner: str, until: datetime) -> bool:
        """Answer it in place of an owner who never did. False if another was faster."""
        query = {"_id": dead.id, "owner": dead.owner, "until": dead.until, "status": None}
        found = await self._all.update_one(query, {"$set": {"owner": owner, "until": until}})
        return bool(found.modified_count)

    async def answered(self, key: str, owner: str, **fields: Any) -> None:
        """Keep the answer, if the key is still the owner's."""
        await self._all.update_one({"_id": key, "owner": owner}, {"$set": fields})

    async def release(self, key: str, owner: str) -> None:
        """Forget the key: nothing was made under it."""
        await self._all.delete_one({"_id": key, "owner": owner, "status": None})
