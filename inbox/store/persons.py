"""All that is kept of a person, over every collection: found for an export, erased on request.

Every collection of the store is in one of the two tables below; a test holds them to the code.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from inbox.model.consent import Standing
from inbox.model.contact import Contact, addresses_in
from inbox.model.erasure import Erasure, Person, mentions
from inbox.model.training import ENDED
from inbox.store.codec import Document, to_document, to_value
from inbox.store.commits import DURABLE
from inbox.store.consents import Consents
from inbox.store.files import Files
from inbox.store.texts import text_of

_CONTACT, _CONVERSATION = "contact_id", "conversation_id"


def _by(field: str, ids: Callable[[Person], Iterable[str]]) -> Callable[[Person], Document]:
    return lambda person: {field: {"$in": list(ids(person))}}


def _contacts(person: Person) -> tuple[str, ...]:
    return person.contact_ids


def _conversations(person: Person) -> tuple[str, ...]:
    return person.conversation_ids


OF_PERSONS: dict[str, Callable[[Person], Document]] = {
    "contacts": _by("_id", _contacts),
    "conversations": _by("_id", _conversations),
    "messages": _by(_CONVERSATION, _conversations),
    "files": _by(_CONVERSATION, _conversations),
    "findings": _by(_CONVERSATION, _conversations),
    "promises": _by(_CONVERSATION, _conversations),
    "setbacks": _by(_CONVERSATION, _conversations),
    "scheduled": _by(_CONVERSATION, _conversations),
    "drafts": _by(_CONVERSATION, _conversations),
    "contact_notes": _by(_CONTACT, _contacts),
    "campaign_recipients": _by(_CONTACT, _contacts),
    "contact_merges": lambda p: {
        "$or": [{"kept.id": {"$in": list(p.contact_ids)}}, {"given.id": {"$in": list(p.contact_ids)}}]
    },
    "consents": _by(_CONTACT, _contacts),
    "standings": _by(_CONTACT, _contacts),
    "presence": _by(_CONVERSATION, _conversations),
    "studio_proposals": _by(_CONVERSATION, _conversations),
    "webhook_deliveries": _by(_CONVERSATION, _conversations),
    "webhook_told": _by("_id", _conversations),
    "asked": lambda p: {"about": {"$in": [*p.contact_ids, *p.conversation_ids]}},
    "early_statuses": _by("_id", lambda person: person.external_keys),
}
"""Whose documents belong to a person, and how they are found."""

IN_TEXTS: dict[str, Document] = {
    "quarantine": {},
    "requests": {},
    "shelves": {},
    "studio_edits": {},
    "studio_jobs": {"state": {"$in": list(ENDED)}},
    "studio_reviews": {},
    "views": {},
    "contact_segments": {},
}
"""Small collections of what providers sent, designers wrote and colleagues look for, and which documents of
them are looked through; a person's are those in which an address stands."""

OF_NOBODY: dict[str, str] = {
    "assistants": "our assistants",
    "audit_head": "a hash",
    "audit_log": "our colleagues; of customers ids alone",
    "campaigns": "our words; of customers ids alone",
    "changes": "ids of conversations, for an hour",
    "ceremonies": "our colleagues",
    "channels": "our lines",
    "contact_attributes": "what may be known, not of whom",
    "erasures": "fingerprints",
    "factors": "our colleagues",
    "invitations": "our colleagues",
    "imports": "which pieces of an archive are here",
    "line_holders": "processes",
    "lockouts": "our colleagues, by digest",
    "mentions_seen": "our colleagues",
    "meta": "the schema",
    "orders": "samples",
    "passkeys": "our colleagues",
    "push_keys": "our keys, sealed",
    "push_subscriptions": "our colleagues",
    "push_wishes": "our colleagues",
    "progress": "how far a job has come",
    "retention": "our rules",
    "retention_batches": "ids of conversations, until these are gone",
    "roles": "our colleagues",
    "saved_replies": "our words",
    "macros": "our words",
    "rules": "our words",
    "surveys": "our words",
    "saml_sign_on": "our rules",
    "seats": "our colleagues",
    "sessions": "our colleagues",
    "sign_in": "our rules",
    "sign_in_links": "our colleagues",
    "single_sign_on": "our rules",
    "silences": "our rules",
    "sla_policies": "our promises",
    "spent": "digests",
    "studio_data": "what the bot was taught; one with an address in it goes, or is named in the certificate",
    "studio_models": "what the bot was taught; see `held` of an erasure",
    "studio_publication": "which model answers",
    "studio_shares": "links to try a model; what guests write is not kept",
    "tallies": "numbers; of colleagues ids",
    "teams": "our colleagues",
    "templates": "our words",
    "throttles": "our lines",
    "tokens": "programs",
    "users": "our colleagues",
    "webhooks": "programs",
}
"""Whose documents belong to no customer, and why."""

EXPORTED = (
    "contacts",
    "contact_notes",
    "conversations",
    "messages",
    "files",
    "consents",
    "standings",
    "contact_merges",
    "campaign_recipients",
    "scheduled",
    "drafts",
    "promises",
    "studio_proposals",
    "webhook_deliveries",
)
"""What a person who asks is shown."""

NOT_EXPORTED: dict[str, str] = {
    "asked": "answers to programs, for a day: the same documents once more",
    "early_statuses": "a provider's report, until its message is here",
    "findings": "the words of the same messages, to search by",
    "presence": "which colleague looks at it, for seconds",
    "setbacks": "where our own work failed; nothing that was said",
    "webhook_told": "how far programs were told",
    "quarantine": "what a provider sent that cannot be read; others' words may be in it",
    "requests": "the same, as it came",
    "shelves": "what designers wrote",
    "studio_edits": "what designers wrote",
    "studio_jobs": "designers' work; customers' words in it are masked",
    "studio_reviews": "what designers decided; customers' words in it are masked, mostly",
    "views": "what colleagues look for",
    "contact_segments": "what colleagues look for",
}
"""What is erased with a person but not shown, and why."""


class Persons:
    """Questions about one person, over all collections."""

    def __init__(self, client: Any, database: Any, files: Files, consents: Consents) -> None:
        self._client = client
        self._database = database
        self._files = files
        self._consents = consents
        self._erasures = database.erasures

    async def find(self, contact_ids: list[str]) -> Person:
        """All by which the traces of these contacts, one person's, are found."""
        database, ids = self._database, {"$in": contact_ids}
        conversations = [d["_id"] async for d in database.conversations.find({_CONTACT: ids}, {"_id": 1})]
        contacts = [to_value(d, Contact) async for d in database.contacts.find({"_id": ids})]
        given = [d["given"] async for d in database.contact_merges.find({"given.id": ids}, {"given": 1})]
        values = {i.value for c in contacts for i in c.identities}
        values |= {i["value"] for contact in given for i in contact.get("identities", ())}
        values |= {address for c in contacts for address in addresses_in(c.attributes)}
        values |= {address for contact in given for address in addresses_in(contact.get("attributes", {}))}
        names = {c.name for c in contacts} | {contact.get("name") for contact in given}
        query = {_CONVERSATION: {"$in": conversations}, "external_key": {"$gt": ""}}
        keys = [d["external_key"] async for d in database.messages.find(query, {"external_key": 1})]
        return Person(
            contact_ids=tuple(contact_ids),
            conversation_ids=tuple(conversations),
            external_keys=tuple(keys),
            values=tuple(sorted(values)),
            names=tuple(sorted(name for name in names if name and len(name.split()) > 1)),
        )

    async def documents(self, person: Person) -> AsyncIterator[tuple[str, Document]]:
        """Every document that is shown to a person who asks what is kept, with its collection's name."""
        for name in EXPORTED:
            async for document in self._database[name].find(OF_PERSONS[name](person)).sort("_id", 1):
                yield name, _own_side(document, person) if name == "contact_merges" else document
        targets = [f"contact:{at}" for at in person.contact_ids]
        targets += [f"conversation:{at}" for at in person.conversation_ids]
        async for document in self._database.audit_log.find({"target": {"$in": targets}}).sort("_id", 1):
            yield "audit_log", document

    async def count(self, person: Person) -> dict[str, int]:
        """How many documents of each collection belong to the person; those without any are left out."""
        found = {
            name: await self._database[name].count_documents(OF_PERSONS[name](person)) for name in OF_PERSONS
        }
        found |= {name: len(await self._in_texts(name, person)) for name in IN_TEXTS}
        return {name: number for name, number in found.items() if number}

    # Erasure

    async def erasure(self, erasure_id: str) -> Erasure | None:
        """The erasure, or None."""
        document = await self._erasures.find_one({"_id": erasure_id})
        return to_value(document, Erasure) if document else None

    async def erasures(self, limit: int = 200) -> list[Erasure]:
        """The last ones, the newest first."""
        found = await self._erasures.find({}).sort("_id", -1).to_list(limit)
        return [to_value(d, Erasure) for d in found]

    async def unfinished(self) -> list[Erasure]:
        """Those that were begun and have more to do."""
        found = await self._erasures.find({"person.contact_ids": {"$gt": ""}}).to_list(100)
        return [to_value(d, Erasure) for d in found]

    async def keep(self, erasure: Erasure, session: Any = None) -> None:
        """Write down how far it has come."""
        document = to_document(erasure)
        await self._erasures.replace_one({"_id": document["_id"]}, document, upsert=True, session=session)

    async def take_out(self, person: Person) -> None:
        """Take the person's place away, in one transaction: from now on nothing can be added to it.

        Who writes under the same address afterwards is somebody new. What they refused stays refused, by
        fingerprints of their addresses.
        """

        async def work(session: Any) -> None:
            found = self._database.standings.find(OF_PERSONS["standings"](person), session=session)
            standings: list[Standing] = [to_value(d, Standing) for d in await found.to_list(None)]
            await self._consents.seal(standings, session)
            for name in ("conversations", "contacts"):
                await self._database[name].delete_many(OF_PERSONS[name](person), session=session)

        async with await self._client.start_session() as session:
            await session.with_transaction(work, write_concern=DURABLE)

    async def erase(self, person: Person) -> None:
        """Erase what is left of a person who was taken out. May be done again."""
        for conversation_id in person.conversation_ids:
            await self._files.erase_conversation(conversation_id)
        await self._files.erase_unsent([f"visitor:{value}" for value in person.values])
        for name in OF_PERSONS:
            await self._database[name].delete_many(OF_PERSONS[name](person))
        await self._leave_segments(person)
        for name in IN_TEXTS:
            ids = await self._in_texts(name, person)
            await self._database[name].delete_many({"_id": {"$in": ids}})

    async def _leave_segments(self, person: Person) -> None:
        """A segment of all but the person goes on without saying so: that changes nobody in it."""
        segments, ids = self._database.contact_segments, await self._in_texts("contact_segments", person)
        left_out = {"test": "is_not", "value": {"$in": list(person.values)}}
        await segments.update_many({"_id": {"$in": ids}}, {"$pull": {"clauses": left_out}})
        await segments.delete_many({"_id": {"$in": ids}, "clauses": []})

    async def _in_texts(self, name: str, person: Person) -> list[Any]:
        """Ids of the documents in which one of the person's addresses stands."""
        pattern = mentions(person)
        if pattern is None:
            return []
        found = self._database[name].find(IN_TEXTS[name])
        return [d["_id"] async for d in found if pattern.search(text_of(d))]


def _own_side(merge: Document, person: Person) -> Document:
    """A merge; if it was undone, without what it has of who turned out to be somebody else."""
    if not merge.get("undone_at"):
        return merge
    ours = [side for side in ("kept", "given") if merge[side]["id"] in person.contact_ids]
    return {name: merge.get(name) for name in ("_id", "at", "by", "undone_at", "undone_by", *ours)}
