"""The journal of all conversations in MongoDB: entries are appended, never rewritten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from bson.max_key import MaxKey
from pymongo import ASCENDING, DESCENDING, MongoClient
from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError, OperationFailure

from engine.batches import Batches
from journal.entries import KEEP_EVENTS, Entry, State

DUPLICATE = 11000
INDEX_CONFLICT = (85, 86)
DAY = 86_400
MANY = 10_000
"""Documents in one answer of MongoDB's, which ends at 16 MB all the same."""


class Overtaken(Exception):
    """Another process has written to the conversation since it was read; nothing was written."""


class Looked(NamedTuple):
    """What there is about a conversation."""

    newer: bool
    """Whether it has entries past the number that was asked with."""
    known: Entry | None
    """The entry with the key that was asked for."""


class Wish(NamedTuple):
    conversation_id: str
    after: int
    key: str


class Journal:
    """What is written is acknowledged by a majority and journaled. All of it runs beside the event loop."""

    def __init__(self, uri: str, database: str, *, keep_days: float = 0) -> None:
        """Connects at first use. Entries older than `keep_days` are erased by MongoDB; 0 keeps them."""
        self.client: MongoClient[dict[str, Any]] = MongoClient(
            uri,
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=3_000,
            connect=False,
            appname="parley-bot",
        )
        self._entries = self.client[database]["journal"]
        self._keep_days = keep_days
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="journal")
        self._looks: Batches[Wish, Looked] = Batches(self._look_all, "journal-look")
        self._appends: Batches[Entry, Overtaken | None] = Batches(self._append_all, "journal-append")

    def prepare(self) -> None:
        """Make the indexes. Raises `PyMongoError`."""
        self._entries.create_index([("_id.c", ASCENDING), ("key", ASCENDING)], name="once", unique=True)
        if not self._keep_days:
            return
        seconds = int(self._keep_days * DAY)
        try:
            self._entries.create_index("at", name="kept_until", expireAfterSeconds=seconds)
        except OperationFailure as error:
            if error.code not in INDEX_CONFLICT:
                raise
            index = {"name": "kept_until", "expireAfterSeconds": seconds}
            self._entries.database.command("collMod", self._entries.name, index=index)

    async def look(self, conversation_id: str, *, after: int, key: str) -> Looked:
        """Whether there is anything past `after`, and the entry named `key`."""
        return await self._looks.ask(Wish(conversation_id, after, key))

    async def append(self, entry: Entry) -> None:
        """Write `entry`. Raises `Overtaken` if its number or its key is taken."""
        await self._appends.ask(entry)

    async def recent(self, conversation_id: str) -> tuple[State | None, list[Entry]]:
        """The last entries, oldest first, back to the session's start or `KEEP_EVENTS` events.

        And the state before them, None if nothing was before.
        """
        return await self._apart(self._recent, conversation_id)

    async def was_offered(self, conversation_id: str, payload: str) -> bool:
        """Whether the bot ever showed a button with this payload there."""
        query = {"_id.c": conversation_id, "offers": payload}
        return await self._apart(lambda: self._entries.find_one(query, {"_id": 1}) is not None)

    async def erase(self, conversation_id: str) -> int:
        """Forget a conversation; how many entries it had."""
        return await self._apart(lambda: self._entries.delete_many({"_id.c": conversation_id}).deleted_count)

    async def every(self, conversation_id: str) -> list[Entry]:
        """Every entry of a conversation, oldest first."""
        return await self._apart(lambda: list(self.all_of(conversation_id)))

    def all_of(self, conversation_id: str) -> Iterator[Entry]:
        """Every entry of a conversation, oldest first. Blocks."""
        return map(Entry.read, self._entries.find(_past(conversation_id, -1)).sort("_id", ASCENDING))

    def conversations(self) -> list[str]:
        """Every conversation's id. Blocks, and reads them all."""
        return list(self._entries.distinct("_id.c"))

    def close(self) -> None:
        """Let go of the connections."""
        self._looks.close()
        self._appends.close()
        self._threads.shutdown(wait=False)
        self.client.close()

    async def _apart(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _recent(self, conversation_id: str) -> tuple[State | None, list[Entry]]:
        entries: list[Entry] = []
        count = 0
        found = self._entries.find(_past(conversation_id, -1)).sort("_id", DESCENDING).batch_size(16)
        with found:
            for document in found:
                entry = Entry.read(document)
                if count >= KEEP_EVENTS:
                    return entry.state, entries[::-1]
                entries.append(entry)
                count += len(entry.events)
                if entry.begins_session:
                    break
        return None, entries[::-1]

    def _look_all(self, wishes: list[Wish]) -> list[Looked]:
        asked: list[dict[str, Any]] = []
        for wish in wishes:
            asked += (
                _past(wish.conversation_id, wish.after),
                {"_id.c": wish.conversation_id, "key": wish.key},
            )
        found: dict[str, list[Entry]] = {}
        for document in self._found({"$or": asked}):
            entry = Entry.read(document)
            found.setdefault(entry.conversation_id, []).append(entry)
        return [_looked(wish, found.get(wish.conversation_id, [])) for wish in wishes]

    def _found(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """All that a query finds, by a command alone: a cursor costs a quarter more, for hardly ever a second
        batch. A connection that was closed meanwhile is tried once more by it, as the driver does."""
        command = {"find": self._entries.name, "filter": query, "batchSize": MANY}
        try:
            first = self._entries.database.command(command)["cursor"]
        except ConnectionFailure:
            return list(self._entries.find(query))
        if first["id"]:
            self._entries.database.command("killCursors", self._entries.name, cursors=[first["id"]])
            return list(self._entries.find(query))
        found: list[dict[str, Any]] = first["firstBatch"]
        return found

    def _append_all(self, entries: list[Entry]) -> list[Overtaken | None]:
        if len(entries) == 1:  # most of them; to write many at once is more work of the driver's
            try:
                self._entries.insert_one(entries[0].document())
            except DuplicateKeyError:
                return [Overtaken(f"Entry {entries[0].number} is another's.")]
            return [None]
        refused: list[Overtaken | None] = [None] * len(entries)
        try:
            self._entries.insert_many([entry.document() for entry in entries], ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(one["code"] != DUPLICATE for one in failures):
                raise
            for failure in failures:
                entry = entries[failure["index"]]
                refused[failure["index"]] = Overtaken(f"Entry {entry.number} is another's.")
        return refused


def _past(conversation_id: str, number: int) -> dict[str, Any]:
    """The entries of a conversation with a higher number, by the index on `_id`."""
    last = {"c": conversation_id, "n": MaxKey()}
    return {"_id": {"$gt": {"c": conversation_id, "n": number}, "$lt": last}}


def _looked(wish: Wish, found: list[Entry]) -> Looked:
    known = next((entry for entry in found if entry.key == wish.key), None)
    return Looked(any(entry.number > wish.after for entry in found), known)
