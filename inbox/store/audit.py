"""The log of deeds and its signed end: entries are added, and never changed or removed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from inbox.model.audit import (
    START,
    Break,
    Entry,
    Head,
    chained,
    end_break,
    is_ours,
    link_break,
    overrun_break,
    signed,
)
from inbox.store.codec import Document, to_document, to_value
from inbox.store.commits import DURABLE, SNAPSHOT

_NO_HASH = "-"
"""On which an entry follows where nothing is signed: no entry has it, so that the break is seen."""

Along = Callable[[Any], Awaitable[object]]
"""What is written in the transaction of its entry, given the session."""


class Audit:
    """The log of deeds. To be given its key before it is written to; without one its end proves nothing."""

    def __init__(self, client: Any, database: Any) -> None:
        self._client = client
        self._log = database.audit_log
        self._head = database.audit_head
        self._key = b""
        self._turn = asyncio.Lock()
        """One at a time in this process: others would only meet, and begin anew."""

    def sign_with(self, key: bytes) -> None:
        """Sign the end of the log with this key from now on."""
        self._key = key

    async def append(self, entries: Sequence[Entry], *, along: Along | None = None) -> list[Entry]:
        """Add entries at the end, in their order, durably; as they were kept.

        `along(session)` writes the deed itself in the same transaction: both are there or neither. It may be
        called again.

        It follows on the signed end, wherever the log ends by now: what was cut, changed or added without
        the key stays a break.
        Raises `StoreError`.
        """

        async def work(session: Any) -> list[Entry]:
            last = await self._log.find_one({}, sort=[("_id", -1)], session=session)
            head = await self._head.find_one({"_id": "head"}, session=session)
            seq, prior = self._end(last["_id"] if last else 0, to_value(head, Head) if head else None)
            kept = []
            for entry in entries:
                kept.append(chained(entry, seq + 1, prior))
                seq, prior = kept[-1].id, kept[-1].hash
            end = to_document(signed(seq, prior, self._key))
            await self._head.replace_one({"_id": "head"}, end, upsert=True, session=session)
            await self._log.insert_many([to_document(entry) for entry in kept], session=session)
            if along:
                await along(session)
            return kept

        async with self._turn, await self._client.start_session() as session:
            while True:
                try:
                    done: list[Entry] = await session.with_transaction(
                        work, read_concern=SNAPSHOT, write_concern=DURABLE
                    )
                except DuplicateKeyError:  # two processes began the log
                    continue
                return done

    def _end(self, last: int, head: Head | None) -> tuple[int, str]:
        """Number and hash on which the next entry follows; `last` is the number of the last one there."""
        if head is None or not is_ours(head, self._key):
            return last, START if last == 0 else _NO_HASH
        return max(last, head.seq), head.hash

    async def page(self, query: Document, *, before: int | None = None, limit: int) -> list[Entry]:
        """The entries that match, the newest first, from the one before number `before` on."""
        asked = query if before is None else {**query, "_id": {"$lt": before}}
        found = await self._log.find(asked).sort("_id", -1).limit(limit).to_list(limit)
        return [to_value(document, Entry) for document in found]

    async def every(self, query: Document | None = None) -> AsyncIterator[Entry]:
        """All entries that match, the oldest first."""
        async for document in self._log.find(query or {}).sort("_id", 1):
            yield to_value(document, Entry)

    async def head(self) -> Head | None:
        """The signed end, None of a log that was never begun."""
        document = await self._head.find_one({"_id": "head"})
        return to_value(document, Head) if document else None

    async def end_at(self, seq: int) -> Head | None:
        """The signed end of a log that goes on to `seq`, for a copy which has no more of this one.

        The present end, which shows the copy to be broken, unless all is sound from there to that end.
        """
        head = await self.head()
        if head is None or head.seq <= seq or not is_ours(head, self._key):
            return head
        first = await self._log.find_one({"_id": seq})
        if first is None:
            return head
        at, prior = seq, first["hash"]
        async for entry in self.every({"_id": {"$gt": seq, "$lte": head.seq}}):
            if link_break(entry, at + 1, prior):
                return head
            at, prior = entry.id, entry.hash
        return signed(seq, first["hash"], self._key) if prior == head.hash else head

    async def sign_anew(self, old: bytes, new: bytes) -> bool:
        """Sign the end with another key, if it was signed with the old one. Whether it is signed with it."""
        while True:
            head = await self.head()
            if head is None or head == signed(head.seq, head.hash, new):
                return True
            if head != signed(head.seq, head.hash, old):
                return False
            fields = {"signature": signed(head.seq, head.hash, new).signature}
            at = {"_id": "head", "seq": head.seq, "signature": head.signature}
            await self._head.update_one(at, {"$set": fields})

    async def verify(self, expected: tuple[int, str] | None = None) -> tuple[int, Break | None]:
        """How many entries are sound from the first on, and where the log breaks, None if it does not.

        `expected` is an end that was noted elsewhere, which the log must still hold.
        """
        head = await self.head()
        wanted = {n for n in (head and head.seq, expected and expected[0]) if n}
        seq, prior, hashes = 0, START, dict[int, str]()
        async for entry in self.every():
            if found := link_break(entry, seq + 1, prior):
                return seq, found
            seq, prior = entry.id, entry.hash
            if seq in wanted:
                hashes[seq] = prior
        if found := end_break(seq, hashes, head, self._key) or overrun_break(seq, await self.head()):
            return seq, found
        if expected and expected[0] and hashes.get(expected[0]) != expected[1]:
            return seq, Break(seq=expected[0], reason=f"Entry {expected[0]} is not the one you noted.")
        return seq, None
