"""The collections `retention` and `retention_batches`: how long what is kept, and what is being deleted."""

from datetime import datetime
from typing import Any

from inbox.model.conversation import SpeakerKind, Status
from inbox.model.erasure import Person
from inbox.model.retention import Batch, Retention
from inbox.store.codec import Document, to_document, to_value
from inbox.store.commits import DURABLE, SNAPSHOT
from inbox.store.persons import Persons
from inbox.store.registers import Register


class Retentions(Register[Retention]):
    """The rules, and what they delete."""

    def __init__(self, client: Any, database: Any, persons: Persons) -> None:
        super().__init__(database.retention, Retention)
        self._client = client
        self._conversations = database.conversations
        self._batches = database.retention_batches
        self._persons = persons

    async def number(self, rule: Retention, before: datetime) -> int:
        """How many conversations the rule would delete: resolved, and quiet since `before`."""
        return int(await self._conversations.count_documents(_past(rule, before)))

    async def take_out(self, rule: Retention, before: datetime, limit: int, batch: Batch) -> Batch | None:
        """Delete at most so many conversations, and keep their ids as a batch, in one transaction.

        None if there are none. One in which somebody has just written is not among them.
        """
        query = _past(rule, before)
        found = await self._conversations.find(query, {"_id": 1}).limit(limit).to_list(limit)
        if not found:
            return None

        async def work(session: Any) -> Batch | None:
            ids = [document["_id"] for document in found]
            still = self._conversations.find({"_id": {"$in": ids}, **query}, {"_id": 1}, session=session)
            taken = tuple([document["_id"] async for document in still])
            if not taken:
                return None
            kept = Batch(id=batch.id, retention_id=rule.id, conversation_ids=taken, at=batch.at)
            await self._conversations.delete_many({"_id": {"$in": list(taken)}}, session=session)
            await self._batches.insert_one(to_document(kept), session=session)
            return kept

        async with await self._client.start_session() as session:
            done: Batch | None = await session.with_transaction(
                work, read_concern=SNAPSHOT, write_concern=DURABLE
            )
            return done

    async def unfinished(self) -> list[Batch]:
        """The batches whose messages and files are still to be deleted."""
        return [to_value(d, Batch) for d in await self._batches.find({}).to_list(100)]

    async def erase(self, batch: Batch) -> None:
        """Delete all that belongs to the conversations of a batch. May be done again."""
        await self._persons.erase(Person(contact_ids=(), conversation_ids=batch.conversation_ids))

    async def finish(self, batch: Batch, session: Any) -> None:
        """All of it has been erased."""
        await self._batches.delete_one({"_id": batch.id}, session=session)


def _past(rule: Retention, before: datetime) -> Document:
    query: Document = {
        "speaker.kind": {"$in": list(SpeakerKind)},
        "status": Status.RESOLVED,
        "listed_at": {"$lt": before},
    }
    if rule.channel_id:
        query["channel_id"] = rule.channel_id
    if rule.label:
        query["labels"] = rule.label
    return query
