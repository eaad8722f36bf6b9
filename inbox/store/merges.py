"""Merges of contacts, kept to be undone."""

from typing import Any

from inbox.model.merging import Merge
from inbox.store.codec import to_value

_MOST = 100


class Merges:
    """The collection `contact_merges`."""

    def __init__(self, database: Any) -> None:
        self._all = database.contact_merges

    async def get(self, merge_id: str, session: Any = None) -> Merge | None:
        """The merge, or None."""
        document = await self._all.find_one({"_id": merge_id}, session=session)
        return to_value(document, Merge) if document else None

    async def of(self, contact_id: str) -> list[Merge]:
        """The merges by which a contact got others' identities, those not undone, the newest first."""
        found = self._all.find({"kept.id": contact_id, "undone_at": None}).sort("_id", -1).limit(_MOST)
        return [to_value(d, Merge) for d in await found.to_list(_MOST)]
