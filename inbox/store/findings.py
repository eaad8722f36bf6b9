"""The words of every message, by which it is found again.

Written after the commits, by one process at a time (`inbox/indexing.py`): an index of words that grew with
each message would cost more than all else of taking it in. What is here can be made again from the rest.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pymongo.errors import BulkWriteError, ExecutionTimeout

from inbox.store.codec import Document

_DUPLICATE = 11000
_PATIENCE_MS = 2_000
_FEW = 8
"""Up to so many words with the same beginning are asked for one by one."""

_BY_WORD = [("words", 1), ("_id", -1)]
_PROGRESS = "findings"


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
        before: str | None = None,
        conversation_id: str | None = None,
        limit: int = 50,
    ) -> list[tuple[str, str]]:
        """Ids of messages with all of these words, and of their conversations; the newest first.

        `begun` is the beginning of one more word. Empty if nothing is asked for. What cannot be found within
        two seconds, being too common in too many messages, is not found: the answer is empty then.
        """
        clauses: list[Document] = [{"words": word} for word in words]
        if not clauses and not begun:
            return []
        if conversation_id:
            clauses.append({"conversation_id": conversation_id})
        if before:
            clauses.append({"_id": {"$lt": before}})
        try:
            if begun:
                clauses.append({"words": await self._begun(begun)})
            found = self._all.find({"$and": clauses}, {"conversation_id": 1}).sort("_id", -1).limit(limit)
            return [(d["_id"], d["conversation_id"]) async for d in found.max_time_ms(_PATIENCE_MS)]
        except ExecutionTimeout:
            return []

    async def _begun(self, begun: str) -> Document:
        """What a word that begins so is.

        Few words are named: the index has each one's messages from the newest on, so no more are read than
        are wanted. For a range of words it would read all messages that have one and sort them.
        """
        named: list[str] = []
        bounds = {"$gte": begun, "$lt": begun + "\U0010ffff"}
        while len(named) <= _FEW:
            following = {"words": {"$elemMatch": bounds}}  # one word, not one for each bound
            key = await self._all.find_one(
                following, hint=_BY_WORD, return_key=True, max_time_ms=_PATIENCE_MS
            )
            if key is None:
                return {"$in": named}
            named.append(key["words"])
            bounds = {"$gt": named[-1], "$lt": bounds["$lt"]}
        return {"$elemMatch": {"$gte": begun, "$lt": begun + "\U0010ffff"}}

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
