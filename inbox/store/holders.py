"""Which process holds the line of which channel: one document for each, kept by renewing it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo.errors import DuplicateKeyError

HOLDERS_KEPT = 7 * 86_400
"""Seconds after its end for which a lease is remembered."""


class Claim(msgspec.Struct, frozen=True):
    """A line that became ours."""

    left_at: datetime | None
    """When the holder before us was last seen."""


class Holders:
    """The collection `line_holders`."""

    def __init__(self, database: Any) -> None:
        self._all = database.line_holders

    async def claim(self, channel_id: str, owner: str, now: datetime, lease: timedelta) -> Claim | None:
        """Take the line of a channel until `now + lease`; None if another process has it."""
        taken = {"owner": owner, "until": now + lease, "seen": now}
        free = {"_id": channel_id, "$or": [{"until": {"$lte": now}}, {"owner": {"$in": [owner, None]}}]}
        try:
            before = await self._all.find_one_and_update(free, {"$set": taken}, upsert=True)
        except DuplicateKeyError:
            return None
        return Claim(before["seen"] if before else None)

    async def renew(
        self, channel_ids: Iterable[str], owner: str, now: datetime, lease: timedelta
    ) -> set[str]:
        """Keep these lines until `now + lease`. Those that still are ours."""
        mine = {"_id": {"$in": list(channel_ids)}, "owner": owner}
        await self._all.update_many(mine, {"$set": {"until": now + lease, "seen": now}})
        return {document["_id"] for document in await self._all.find(mine, {"_id": 1}).to_list(None)}

    async def release(self, channel_id: str, owner: str, now: datetime | None = None) -> None:
        """Let go of a line, which had been ours until `now`: another may take it at once."""
        left = {"owner": None} | ({"seen": now} if now else {})
        await self._all.update_one({"_id": channel_id, "owner": owner}, {"$set": left})
