"""Links by which guests try a model, and how often each was used lately, over all processes."""

from datetime import datetime, timedelta
from typing import Any

from inbox.model.trial import Share
from inbox.store.codec import Document
from inbox.store.registers import Register


class Shares(Register[Share]):
    """The collection `studio_shares`. A document vanishes when its link has ended."""

    def __init__(self, database: Any) -> None:
        super().__init__(database.studio_shares, Share)

    async def use(self, share_id: str, now: datetime, *, at_once: int, every: timedelta) -> bool:
        """Use a link: `at_once` times, and then once in each `every`. False if it is too soon, or gone.

        Kept as the moment at which it will be unused again, which each use puts off. Of many at once each
        counts.
        """
        latest = now + every * (at_once - 1)
        since: Document = {"$max": [{"$ifNull": ["$used_until", now]}, now]}
        until: Document = {"$add": [since, int(every.total_seconds() * 1000)]}
        done = await self._all.update_one(
            {"_id": share_id, "used_until": {"$not": {"$gt": latest}}}, [{"$set": {"used_until": until}}]
        )
        return bool(done.modified_count)
