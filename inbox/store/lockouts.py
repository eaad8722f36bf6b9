"""Attempts to sign in, over all processes: how many there were, and when the next may be made."""

from datetime import datetime, timedelta
from typing import Any

from inbox.store.codec import Document


class Lockouts:
    """The collection `lockouts`: a document for whoever tries, which vanishes when it is quiet."""

    def __init__(self, database: Any) -> None:
        self._all = database.lockouts

    async def attempt(
        self, key: str, now: datetime, *, free: int, first: timedelta, most: timedelta, memory: timedelta
    ) -> timedelta | None:
        """Count an attempt by `key`. None if it may be made, else how long to wait; that is not counted.

        The first `free` may follow at once. After them each must wait twice as long as the one before, from
        `first` to `most`. Of many at once each counts. Forgotten after `memory` without an attempt.
        """
        is_known = {"$gt": ["$until", now]}
        may = {"$or": [{"$not": [is_known]}, {"$lte": ["$free_at", now]}]}
        count = {"$add": [{"$cond": [is_known, "$count", 0]}, 1]}
        doublings = {"$min": [{"$subtract": [count, free]}, 30]}
        span = {"$min": [_millis(most), {"$multiply": [_millis(first), {"$pow": [2, doublings]}]}]}
        next_at = {"$cond": [{"$gte": [count, free]}, {"$add": [now, {"$toLong": span}]}, now]}
        made = {"count": count, "free_at": next_at, "until": now + memory}
        before: Document | None = await self._all.find_one_and_update(
            {"_id": key},
            [{"$set": {field: {"$cond": [may, value, f"${field}"]} for field, value in made.items()}}],
            upsert=True,
        )
        if before is None or before["until"] <= now or before["free_at"] <= now:
            return None
        wait: timedelta = before["free_at"] - now
        return wait

    async def forgive(self, key: str, attempts: int | None = None) -> None:
        """Take back so many attempts by `key`, or all."""
        if attempts is None:
            await self._all.delete_one({"_id": key})
        else:
            await self._all.update_one(
                {"_id": key, "count": {"$gte": attempts}}, {"$inc": {"count": -attempts}}
            )


def _millis(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
