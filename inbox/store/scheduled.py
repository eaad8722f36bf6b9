"""What is to be said later."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

from connectors.events import Fault
from inbox.model.scheduled import Scheduled
from inbox.store.codec import Document, to_document, to_value


class ScheduledMessages:
    """The collection `scheduled`."""

    def __init__(self, database: Any) -> None:
        self._all = database.scheduled

    async def get(self, key: str, session: Any = None) -> Scheduled | None:
        """The one of that id, or None."""
        document = await self._all.find_one({"_id": key}, session=session)
        return to_value(document, Scheduled) if document else None

    async def of(self, conversation_id: str, limit: int = 100, session: Any = None) -> list[Scheduled]:
        """What is to be said in a conversation, or could not be, the earliest first."""
        found = self._all.find({"conversation_id": conversation_id}, session=session)
        found = found.sort("at", 1).limit(limit)
        return [to_value(d, Scheduled) for d in await found.to_list(limit)]

    async def add(self, value: Scheduled, session: Any = None) -> bool:
        """Keep a new one. False, changing nothing, if it is there already."""
        try:
            await self._all.insert_one(to_document(value), session=session)
        except DuplicateKeyError:
            return False
        return True

    async def claim(self, now: datetime, lease: timedelta, key: str | None = None) -> Scheduled | None:
        """Take up what is due, until `now + lease`; None if nothing is.

        With `key` only that one, due or not, unless another process has it.
        """
        query: Document = {"due": {"$lte": now, "$type": "date"}}
        if key is not None:
            query = {"_id": key, "$or": [query, {"is_taken": False}]}
        taken = {"$set": {"due": now + lease, "is_taken": True, "problem": None}}
        document = await self._all.find_one_and_update(query, taken, sort=[("due", 1)], return_document=True)
        return to_value(document, Scheduled) if document else None

    async def refuse(self, key: str, problem: Fault, session: Any = None) -> None:
        """It cannot be said, and waits for a person to decide."""
        fields = {"due": None, "is_taken": False, "problem": msgspec.to_builtins(problem)}
        await self._all.update_one({"_id": key}, {"$set": fields}, session=session)

    async def put_off(self, key: str, until: datetime) -> None:
        """It is to be tried again then."""
        await self._all.update_one({"_id": key}, {"$set": {"due": until, "is_taken": False}})

    async def remove(self, key: str) -> None:
        """It was said."""
        await self._all.delete_one({"_id": key})

    async def withdraw(self, key: str, session: Any = None) -> bool:
        """Drop it unless somebody is about to say it."""
        answer = await self._all.delete_one({"_id": key, "is_taken": False}, session=session)
        return bool(answer.deleted_count)
