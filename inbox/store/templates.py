"""Templates that providers have approved, by channel."""

from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from inbox.model.template import KeptTemplate, template_id
from inbox.store.codec import to_document, to_value


class Templates:
    """The collection `templates`."""

    def __init__(self, database: Any) -> None:
        self._all = database.templates

    async def get(self, channel_id: str, name: str, language: str) -> KeptTemplate | None:
        """The template, or None."""
        document = await self._all.find_one({"_id": template_id(channel_id, name, language)})
        return to_value(document, KeptTemplate) if document else None

    async def of(self, channel_id: str) -> list[KeptTemplate]:
        """A channel's templates, by name and language."""
        found = self._all.find({"channel_id": channel_id}).sort([("name", 1), ("language", 1)])
        return [to_value(d, KeptTemplate) for d in await found.to_list(None)]

    async def replace_all(self, channel_id: str, templates: list[KeptTemplate], at: datetime) -> None:
        """Keep these as the channel's templates; those that are no longer among them go.

        In between some are old and some new, but none that stays is ever missing.
        """
        documents = [to_document(each) for each in templates]
        if documents:
            writes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
            await self._all.bulk_write(writes, ordered=False)
        await self._all.delete_many({"channel_id": channel_id, "synced_at": {"$lt": at}})

    async def remove_all(self, channel_id: str) -> None:
        """Drop a channel's templates."""
        await self._all.delete_many({"channel_id": channel_id})
