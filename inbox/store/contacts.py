"""Contacts, found by any of their identities."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from inbox.model.contact import Contact
from inbox.store.codec import Document, to_value
from inbox.store.indexes import ANY_CASE


class Contacts:
    """The collection `contacts`."""

    def __init__(self, database: Any) -> None:
        self._all = database.contacts

    async def get(self, contact_id: str, session: Any = None) -> Contact | None:
        """The contact, or None."""
        document = await self._all.find_one({"_id": contact_id}, session=session)
        return to_value(document, Contact) if document else None

    async def known_as(self, identity_keys: Iterable[str], session: Any = None) -> list[Contact]:
        """The contacts that have any of these identities."""
        keys = list(identity_keys)
        if not keys:
            return []
        found = await self._all.find({"identity_keys": {"$in": keys}}, session=session).to_list(None)
        return [to_value(d, Contact) for d in found]

    async def with_emails(self, emails: Iterable[str], session: Any = None) -> list[Contact]:
        """The contacts, but those merged into others, with any of these email addresses, however written.

        The last changed first.
        """
        wanted = list(emails)
        if not wanted:
            return []
        query = {"attributes.email": {"$in": wanted}, "merged_into": None}
        found = self._all.find(query, session=session, collation=ANY_CASE)
        people = [to_value(d, Contact) for d in await found.to_list(None)]
        return sorted(people, key=lambda each: each.updated_at, reverse=True)

    async def page(
        self,
        words: list[str],
        *,
        after: tuple[datetime, str] | None = None,
        limit: int = 50,
        query: Document | None = None,
        session: Any = None,
    ) -> list[Contact]:
        """Contacts that have all of these words (`contact_words`), all without any; the last changed first.

        `query` is that of a segment; `after` are `updated_at` and id of the last one of the page before.
        """
        clauses: list[Document] = [{"words": word} for word in words]
        clauses += [query] if query else []
        clauses.append({"merged_into": None})
        if after:
            at, key = after
            clauses.append({"updated_at": {"$lte": at}})
            clauses.append({"$or": [{"updated_at": {"$lt": at}}, {"updated_at": at, "_id": {"$lt": key}}]})
        found = self._all.find({"$and": clauses}, session=session).sort([("updated_at", -1), ("_id", -1)])
        return [to_value(d, Contact) for d in await found.limit(limit).to_list(limit)]

    async def called(self, words: list[str], limit: int) -> list[str]:
        """Ids of contacts that have all of these words, those that changed last.

        Of one word they are read in the index alone: who was merged into another has none.
        """
        found = self._all.find({"$and": [{"words": word} for word in words]}, {"_id": 1})
        return [d["_id"] async for d in found.sort([("updated_at", -1), ("_id", -1)]).limit(limit)]

    async def every(self, query: Document | None = None) -> AsyncIterator[Contact]:
        """All contacts but those merged into others, in the order of their ids, read as they are needed.

        With a segment's `query`, those of it.
        """
        async for document in self._all.find({**(query or {}), "merged_into": None}).sort("_id", 1):
            yield to_value(document, Contact)

    async def after(self, query: Document | None, contact_id: str | None, limit: int) -> list[Contact]:
        """The next contacts by their ids, but those merged into others; of a segment, with its `query`.

        Who has no address yet is among them.
        """
        clauses: list[Document] = [{"merged_into": None}]
        clauses += [query] if query else []
        clauses += [{"_id": {"$gt": contact_id}}] if contact_id else []
        found = self._all.find({"$and": clauses}).sort("_id", 1).limit(limit)
        return [to_value(d, Contact) for d in await found.to_list(limit)]

    async def present(self, contact_id: str, session: Any = None) -> Contact | None:
        """The contact that goes by this id now: itself, or the one that it was merged into."""
        contact = await self.get(contact_id, session)
        while contact is not None and contact.merged_into:
            contact = await self.get(contact.merged_into, session)
        return contact

    async def present_of(self, contact_ids: Iterable[str]) -> list[Contact]:
        """The contacts that go by these ids now, each once."""
        found: dict[str, Contact] = {}
        ids = list(contact_ids)
        while ids:
            documents = await self._all.find({"_id": {"$in": ids}}).to_list(len(ids))
            every = [to_value(d, Contact) for d in documents]
            found |= {each.id: each for each in every if not each.merged_into}
            ids = [each.merged_into for each in every if each.merged_into and each.merged_into not in found]
        return list(found.values())

    async def family(self, contact_id: str, session: Any = None) -> list[str]:
        """Ids of the contact and of all that were merged into it, directly or by way of others."""
        ids, last = [contact_id], [contact_id]
        while last:
            found = self._all.find({"merged_into": {"$in": last}}, {"_id": 1}, session=session)
            last = [d["_id"] for d in await found.to_list(None) if d["_id"] not in ids]
            ids += last
        return ids
