"""Whole collections as they are, to move an installation: read in the order of ids, written as read.

What one piece holds is BSON documents one after the other, as `mongodump` writes them
(https://www.mongodb.com/docs/database-tools/mongodump/), so that MongoDB's own tools can read it too.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne

from inbox.model.audit import Head
from inbox.store.codec import Document, to_document

_RAW: Any = CodecOptions(document_class=RawBSONDocument)
_PIECE = 8 << 20
_MOST_AT_ONCE = 1000

PASSING = {
    "sessions": "who is signed in here: at another place everybody signs in anew",
    "presence": "who is looking now",
    "line_holders": "which process holds a line now",
    "throttles": "how much a line has sent in the last second",
    "changes": "what open pages were told in the last hour",
    "imports": "which pieces of an archive are here",
    "system.profile": "MongoDB's own",
}
"""What is not moved, and why: it is over when a process ends."""

_TAKEN = ("conversations", "contacts", "users", "channels", "assistants", "audit_log")
"""Where a single document says that somebody works here. Two audit logs cannot be made one chain."""


LOG, END = "inbox.audit_log", "inbox.audit_head"

EndAt = Callable[[int], Awaitable[Head | None]]
"""The signed end of an audit log that goes on to this entry."""


class Piece(NamedTuple):
    """Some documents of a collection."""

    data: bytes
    documents: int
    last: bytes
    """The last one's id, as a document of its own."""


class Copies:
    """The collections of the inbox and of the bot. A collection's name is `inbox.…` or `bot.…`."""

    def __init__(self, inbox: Any, bot: Any, end_at: EndAt) -> None:
        self._end_at = end_at
        self._databases = {"inbox": inbox, "bot": bot}
        self._imports = inbox.imports

    async def names(self) -> list[str]:
        """All collections worth moving; the end of the audit log is the last one, since it is of the log
        as far as that was read."""
        found = []
        for place, database in self._databases.items():
            found += [f"{place}.{name}" for name in await database.list_collection_names()]
        moved = (name for name in found if name.partition(".")[2] not in PASSING)
        return sorted(moved, key=lambda name: (name == END, name))

    async def count(self, name: str) -> int:
        """How many documents a collection has, about."""
        return int(await self._collection(name).estimated_document_count())

    async def exact_count(self, name: str) -> int:
        """How many documents a collection has."""
        return int(await self._collection(name).count_documents({}))

    async def read(self, name: str, after: bytes | None) -> Piece | None:
        """The next documents after an id, about 8 MiB of them; None when there are no more."""
        query: Document = {"_id": {"$gt": bson.decode(after)["_id"]}} if after else {}
        found = self._collection(name).with_options(codec_options=_RAW).find(query).sort("_id", 1)
        data, documents, last = bytearray(), 0, None
        async for document in found:
            data += document.raw
            documents += 1
            last = document
            if len(data) >= _PIECE:
                break
        return Piece(bytes(data), documents, bson.encode({"_id": last["_id"]})) if last else None

    async def read_end(self, last: bytes) -> Piece | None:
        """The signed end of the audit log, whose entry with the id `last` was the last that was read."""
        end = await self._end_at(bson.decode(last)["_id"])
        return Piece(bson.encode(to_document(end)), 1, bson.encode({"_id": end.id})) if end else None

    async def write(self, name: str, data: bytes) -> None:
        """Put documents where they were, in place of those with their ids. May be done again."""
        documents = bson.decode_all(data, _RAW)
        for start in range(0, len(documents), _MOST_AT_ONCE):
            batch = documents[start : start + _MOST_AT_ONCE]
            await self._collection(name).bulk_write(
                [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in batch], ordered=False
            )

    async def is_taken(self) -> bool:
        """Whether an installation lives here already."""
        database = self._databases["inbox"]
        return any([await database[name].find_one({}, {"_id": 1}) for name in _TAKEN])

    async def written(self, archive_id: str) -> set[str] | None:
        """The pieces of an archive that were put here, None if it was never begun."""
        document = await self._imports.find_one({"_id": archive_id})
        return set(document["pieces"]) if document else None

    async def note_written(self, archive_id: str, piece: str | None) -> None:
        """A piece of an archive is here; with None, it is begun."""
        change: Document = {"$addToSet": {"pieces": {"$each": [piece] if piece else []}}}
        await self._imports.update_one({"_id": archive_id}, change, upsert=True)

    def _collection(self, name: str) -> Any:
        place, _, collection = name.partition(".")
        return self._databases[place][collection]
