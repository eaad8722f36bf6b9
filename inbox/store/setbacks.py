"""What was set aside after an error that nobody had foreseen."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from inbox.model.setback import Setback, failed_again, setback_id
from inbox.store.codec import to_document, to_value
from inbox.store.registers import Register

SETBACKS_KEPT = 30 * 86_400
"""Seconds after its last failure for which it is remembered."""


WORKS = ("turn", "delivery", "fallback", "sla", "survey")
"""Duties that are written in the conversation: while nothing of it is due, nothing is set aside."""


class Setbacks(Register[Setback]):
    """The collection `setbacks`."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.setbacks, Setback)
        self._conversations = database.conversations

    async def note(
        self,
        duty: str,
        conversation_id: str,
        error: Exception,
        now: datetime,
        *,
        seq: int | None = None,
        session: Any = None,
    ) -> Setback:
        """Set it aside, or aside for longer. What is kept of it."""
        key = setback_id(duty, conversation_id, seq)
        document = await self._all.find_one({"_id": key}, session=session)
        before = to_value(document, Setback) if document else None
        setback = failed_again(before, duty, conversation_id, seq, error, now)
        await self._all.replace_one({"_id": key}, to_document(setback), upsert=True, session=session)
        return setback

    async def pass_over(self, conversation_id: str, seq: int, session: Any) -> None:
        """Rules have been run up to this line, or it was set aside. No change that pages would see."""
        await self._conversations.update_one(
            {"_id": conversation_id}, {"$max": {"ruled_seq": seq}}, session=session
        )

    async def is_there(self, key: str, session: Any) -> bool:
        """Whether it still is set aside."""
        return await self._all.find_one({"_id": key}, {"_id": 1}, session=session) is not None

    async def settle(self, key: str, session: Any = None) -> None:
        """It was done after all, or there is nothing left to do."""
        await self._all.delete_one({"_id": key}, session=session)

    async def due(self, duty: str, now: datetime, limit: int) -> list[Setback]:
        """What is to be tried again, the longest due first."""
        found = self._all.find({"duty": duty, "retry_at": {"$lte": now}}).sort("retry_at", 1).limit(limit)
        return [to_value(d, Setback) for d in await found.to_list(limit)]

    async def aside(self, duty: str, now: datetime) -> dict[str, bool]:
        """Conversations of which something was set aside, and whether that is to be left alone now."""
        found = await self._all.find({"duty": duty}, {"conversation_id": 1, "retry_at": 1}).to_list(None)
        return {d["conversation_id"]: d["retry_at"] is None or d["retry_at"] > now for d in found}

    async def retry(self, key: str, now: datetime) -> Setback | None:
        """Have it tried again now, as if it had failed for the first time. None if it is not there."""
        document = await self._all.find_one_and_update(
            {"_id": key}, {"$set": {"retry_at": now, "attempts": 0}}, return_document=True
        )
        return to_value(document, Setback) if document else None

    async def of_work(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Those of these conversations that exist, with the work that is due on each."""
        fields = dict.fromkeys(WORKS, 1)
        found = self._conversations.find({"_id": {"$in": list(ids)}}, fields)
        return {d.pop("_id"): d for d in await found.to_list(None)}
