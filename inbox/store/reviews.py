"""Reviews and agents' proposals: the collections `studio_reviews` and `studio_proposals`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from inbox.model.review import Proposal, Review
from inbox.store.codec import to_value
from inbox.store.registers import Register


class Reviews(Register[Review]):
    """A unique index over the keys lets nobody review what somebody else has."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.studio_reviews, Review)
        self.proposals = Register(database.studio_proposals, Proposal)

    async def keys(self, among: Iterable[str]) -> frozenset[str]:
        """Which of these were reviewed."""
        wanted = set(among)
        found = self._all.find({"keys": {"$in": list(wanted)}}, {"keys": 1})
        return frozenset([key async for d in found for key in d["keys"] if key in wanted])

    async def of_key(self, keys: Iterable[str]) -> Review | None:
        """The review that has one of these."""
        return await self.first({"keys": {"$in": list(keys)}})

    async def newest(self, limit: int, edition: str | None = None) -> list[Review]:
        """An edition's, the newest first."""
        return await self.list({"edition": edition}, sort="-_id", limit=limit)

    async def set_edit(self, review_id: str, edit_id: str) -> None:
        """Note by which edit it was taught."""
        await self._all.update_one({"_id": review_id}, {"$set": {"edit_id": edit_id}})

    async def proposed_since(self, since: datetime, limit: int) -> dict[str, Proposal]:
        """Agents' proposals since then, by message."""
        found = self.proposals._all.find({"at": {"$gte": since}}).sort("at", -1).limit(limit)
        return {d["_id"]: to_value(d, Proposal) for d in await found.to_list(limit)}
