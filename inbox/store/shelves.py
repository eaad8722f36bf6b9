"""Small things that connectors must remember in every process: see `connectors.lines.Shelf`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from connectors.contract import Clock
from inbox.store.codec import Document

LIFE = timedelta(days=3)
_MOST = 1000
"""How many entries of one name are found: more have no business there."""


class ChannelShelf:
    """The entries of one channel in the collection `shelves`. They vanish after `LIFE`."""

    def __init__(self, database: Any, channel_id: str, clock: Clock) -> None:
        self._all = database.shelves
        self._channel_id = channel_id
        self._clock = clock

    async def keep(self, key: str, fields: Mapping[str, Any], names: Iterable[str] = ()) -> dict[str, Any]:
        """Put each field there unless there is one already, in one step. All that is under the key then."""
        given = {name: {"$ifNull": [f"$fields.{name}", {"$literal": v}]} for name, v in fields.items()}
        return await self._change(key, given, names, ())

    async def put(
        self, key: str, fields: Mapping[str, Any], names: Iterable[str] = (), *, without: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Put fields in place of those there, add and take away names. All that is under the key then."""
        return await self._change(key, {n: {"$literal": v} for n, v in fields.items()}, names, without)

    async def get(self, key: str) -> dict[str, Any]:
        """What is under the key; empty if nothing is."""
        document = await self._all.find_one({"_id": self._named(key)})
        return _fields(document) if document else {}

    async def find(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What has one of these names, by its key."""
        found = self._all.find({"names": {"$in": [self._named(name) for name in names]}})
        start = len(self._named(""))
        return {d["_id"][start:]: _fields(d) for d in await found.limit(_MOST).to_list(_MOST)}

    async def _change(
        self, key: str, fields: Document, names: Iterable[str], without: Iterable[str]
    ) -> dict[str, Any]:
        present = {"$ifNull": ["$names", []]}
        more = {"$setUnion": [present, {"$literal": [self._named(name) for name in names]}]}
        change = {f"fields.{name}": value for name, value in fields.items()}
        change["names"] = {"$setDifference": [more, {"$literal": [self._named(name) for name in without]}]}
        change["until"] = {"$ifNull": ["$until", self._clock() + LIFE]}
        document = await self._all.find_one_and_update(
            {"_id": self._named(key)}, [{"$set": change}], upsert=True, return_document=True
        )
        return _fields(document)

    def _named(self, name: str) -> str:
        return f"{self._channel_id}|{name}"


def _fields(document: Document) -> dict[str, Any]:
    fields: dict[str, Any] = document.get("fields", {})
    return fields
