"""The words of every message, by which it is found again.

Written after the commits, by one process at a time (`inbox/indexing.py`): an index of words that grew with
each message would cost more than all else of taking it in. What is here can be made again from the rest.
"""

import contextlib
import heapq
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bson import MaxKey
from pymongo.errors import BulkWriteError, ExecutionTimeout

from inbox.store.codec import Document

_DUPLICATE = 11000
_PATIENCE_MS = 2_000
_FEW = 8
"""Up to so many words with the same beginning are asked for one by one."""

_RARE = 10_000
"""A beginning is rare that the messages have so many times at most."""

_OF_COMMON = 60
"""How many messages with a common beginning are looked for: it is not what somebody means yet."""

_BY_WORD = [("words", 1), ("_id", -1)]
_PROGRESS = "findings"


class TooCommon(Exception):
    """Words that very many messages have, but hardly any has together, were not found in time."""


class Entry(NamedTuple):
    """What a message is found by."""

    id: str
    conversation_id: str
    words: list[str]


class Said(NamedTuple):
    """A message as the index needs it."""

    id: str
    conversation_id: str
    content: Document
    seq: int = 0
    at: datetime | None = None


class Findings:
    """The collection `findings`, and how far it has come."""

    def __init__(self, database: Any) -> None:
        self._all = database.findings
        self._progress = database.progress
        self._messages = database.messages

    async def add(self, entries: Iterable[Entry]) -> None:
        """Put the words of new messages there. Those that are there already stay."""
        documents = [{"_id": e.id, "conversation_id": e.conversation_id, "words": e.words} for e in entries]
        if not documents:
            return
        try:
            await self._all.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if any(e["code"] != _DUPLICATE for e in (error.details or {}).get("writeErrors", ())):
                raise

    async def find(
        self,
        words: list[str],
        begun: str | None,
        *,
        conversation_id: str | None = None,
        limit: int = 50,
    ) -> list[tuple[str, str]]:
        """Ids of messages with all of these words, and of their conversations; the newest first.

        `begun` is the beginning of one more word. Empty if nothing is asked for. Raises `TooCommon` after two
        seconds: that is not the same as that there are none.
        """
        clauses: list[Document] = [{"words": word} for word in words]
        if not clauses and not begun:
            return []
        if conversation_id:
            clauses.append({"conversation_id": conversation_id})
        try:
            if begun:
                named = await self._named(begun)
                if named is None and not words and not conversation_id:
                    return await self._begun(begun, limit)
                clauses.append({"words": {"$elemMatch": _range(begun)} if named is None else {"$in": named}})
            found = self._all.find({"$and": clauses}, {"conversation_id": 1}).sort("_id", -1).limit(limit)
            return [(d["_id"], d["conversation_id"]) async for d in found.max_time_ms(_PATIENCE_MS)]
        except ExecutionTimeout as error:
            raise TooCommon from error

    async def _named(self, begun: str) -> list[str] | None:
        """The words that begin so, None if they are more than a few.

        Few words are named: the index has each one's messages from the newest on, so no more are read than
        are wanted. For a range of words it would read all messages that have one and sort them.
        """
        named: list[str] = []
        bounds = _range(begun)
        while len(named) <= _FEW:
            following = {"words": {"$elemMatch": bounds}}  # one word, not one for each bound
            key = await self._all.find_one(
                following, hint=_BY_WORD, return_key=True, max_time_ms=_PATIENCE_MS
            )
            if key is None:
                return named
            named.append(key["words"])
            bounds = {"$gt": named[-1], "$lt": bounds["$lt"]}
        return None

    async def _begun(self, begun: str, limit: int) -> list[tuple[str, str]]:
        """As `find`, of a beginning that many words have.

        Where it is rare, all keys of the range are read, and no message but those wanted. Where it is common,
        the newest messages are read until a page's worth have it: the sooner the more common it is.
        """
        bounds = _range(begun)

        def keys() -> Any:
            found = self._all.find({}, {"_id": 1}, hint=_BY_WORD, max_time_ms=_PATIENCE_MS)
            return found.min([("words", bounds["$gte"]), ("_id", MaxKey())]).max(
                [("words", bounds["$lt"]), ("_id", MaxKey())]
            )

        if await keys().skip(_RARE).limit(1).to_list(1):
            with contextlib.suppress(ExecutionTimeout):  # they are common, but not of late
                common = {"words": {"$elemMatch": bounds}}
                walk = self._all.find(common, {"conversation_id": 1}, hint=[("_id", 1)]).sort("_id", -1)
                walk = walk.limit(min(limit, _OF_COMMON)).max_time_ms(_PATIENCE_MS)
                return [(d["_id"], d["conversation_id"]) async for d in walk]
        present = {d["_id"] async for d in keys()}  # a sort with bounds such as these MongoDB leaves out
        ids = heapq.nlargest(limit, present)
        found = self._all.find({"_id": {"$in": ids}}, {"conversation_id": 1}).sort("_id", -1)
        return [(d["_id"], d["conversation_id"]) async for d in found]

    async def forget(self, conversation_ids: list[str]) -> None:
        """Remove all words of these conversations."""
        await self._all.delete_many({"conversation_id": {"$in": conversation_ids}})

    async def place(self) -> str:
        """Up to which message everything has been put there; empty before the first."""
        document = await self._progress.find_one({"_id": _PROGRESS})
        return document["place"] if document else ""

    async def keep_place(self, place: str) -> None:
        """Everything up to this message has been put there."""
        change = {"$set": {"place": place, "at": datetime.now(UTC)}}
        await self._progress.update_one({"_id": _PROGRESS}, change, upsert=True)

    async def messages_after(self, place: str, limit: int) -> list[Said]:
        """The next messages in the order of their ids, which is that of their times."""
        fields = {"conversation_id": 1, "content": 1, "seq": 1}
        found = self._messages.find({"_id": {"$gt": place}}, fields).sort("_id", 1).limit(limit)
        return [Said(d["_id"], d["conversation_id"], d["content"], d["seq"]) async for d in found]

    async def message_at(self, conversation_id: str, seq: int) -> Said | None:
        """The message at that place of a conversation, or None."""
        d = await self._messages.find_one({"conversation_id": conversation_id, "seq": seq})
        return Said(d["_id"], d["conversation_id"], d["content"], d["seq"]) if d else None

    async def ids_between(self, place: str, until: str) -> list[str]:
        """Ids of the messages after one place, up to another."""
        found = self._messages.find({"_id": {"$gt": place, "$lte": until}}, {"_id": 1})
        return [d["_id"] async for d in found]

    async def messages_of(self, ids: list[str]) -> list[Said]:
        """These messages."""
        fields = {"conversation_id": 1, "content": 1, "seq": 1, "created_at": 1}
        found = self._messages.find({"_id": {"$in": ids}}, fields)
        return [
            Said(d["_id"], d["conversation_id"], d["content"], d["seq"], d["created_at"]) async for d in found
        ]


def _range(begun: str) -> dict[str, str]:
    return {"$gte": begun, "$lt": begun + "\U0010ffff"}
