"""Contacts from a file: what each row would do, and doing it, some rows at a time.

A row is known by its `id`, else by its numbers, else by its email address. An empty cell changes nothing.
The same file again changes nothing.
"""

from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from connectors.events import Identity, IdentityKind
from inbox.actions import audit
from inbox.actions.contacts import about_of
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.profiles import attributes_of, with_values
from inbox.model.commit import Commit, ContactChange, ConversationChange, change_of
from inbox.model.contact import Contact, display_name
from inbox.model.contact_file import text_of
from inbox.model.contact_reading import Row
from inbox.model.conversation import ContactCard
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, Principal
from inbox.model.profile import Attribute
from inbox.model.thread import Thread

_BATCH = 100
_IMAGINED = 20_000
"""How many contacts a preview remembers: who comes again after more others than these counts as new twice."""


class Outcome(NamedTuple):
    """What a row does: `new`, `changed`, `same`, or `bad` for a reason."""

    line: int
    what: str
    name: str = ""
    reason: str | None = None


async def import_rows(
    desk: Desk, who: Principal, rows: Iterable[Row], *, count: int, preview: bool
) -> AsyncIterator[list[Outcome]]:
    """What became, or with `preview` would become, of the rows, some at a time. Raises `Forbidden`.

    No more of the `count` rows are held than those that are being worked on.

    Each batch is one transaction: who is stopped in between has done the rows before.
    """
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    if not preview:
        rows_of = {"rows": count}
        await audit.note(who, "contacts.imported", store=desk.store, clock=desk.clock, after=rows_of)
    defined = await desk.store.attributes.list()
    imagined = _Shelf()
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):

        async def work(session: Any, batch: list[Row] = batch) -> tuple[Commit, list[Outcome]]:
            taking = _Taking(desk, session, defined, imagined if preview else _Shelf())
            await taking.meet(batch)
            outcomes = [await taking.take(row) for row in batch]
            return (Commit() if preview else await taking.commit()), outcomes

        commit, outcomes = await desk.store.change(work)
        desk.bus.publish(commit)
        yield outcomes
        imagined.keep(_IMAGINED)


class _Shelf:
    """Contacts as they are after the rows so far, found by what a row says."""

    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self.by_key: dict[str, str] = {}
        self.by_email: dict[str, str] = {}

    def put(self, contact: Contact) -> None:
        self.contacts[contact.id] = contact
        self.by_key.update(dict.fromkeys(contact.identity_keys, contact.id))
        if email := contact.attributes.get("email"):
            self.by_email.setdefault(str(email).casefold(), contact.id)

    def keep(self, most: int) -> None:
        """Forget who came first, half of them, if they are more than `most`."""
        if len(self.contacts) > most:
            kept = list(self.contacts.values())[most // 2 :]
            for each in (self.contacts, self.by_key, self.by_email):
                each.clear()
            for contact in kept:
                self.put(contact)


class _Taking:
    """A batch of rows within a transaction."""

    def __init__(self, desk: Desk, session: Any, defined: list[Attribute], shelf: _Shelf) -> None:
        self._desk = desk
        self._session = session
        self._defined = defined
        self._shelf = shelf
        self._before: dict[str, Contact | None] = {}

    async def meet(self, rows: list[Row]) -> None:
        """Fetch whom the rows may be about, all at once: by their numbers, then by their addresses."""
        store, shelf = self._desk.store.contacts, self._shelf
        keys = {number.key for row in rows for number in _numbers_in(row)} - shelf.by_key.keys()
        emails = {e for row in rows if (e := row.cells.get("email")) and e.casefold() not in shelf.by_email}
        known = await store.known_as(keys, self._session)
        for contact in [*known, *await store.with_emails(emails, self._session)]:
            if contact.id not in shelf.contacts:
                shelf.put(contact)

    async def take(self, row: Row) -> Outcome:
        """Apply one row."""
        try:
            if row.fault:
                raise Invalid(row.fault)
            contact = await self._owner(row)
            after = self._applied(row, contact)
        except Invalid as error:
            return Outcome(row.line, "bad", row.cells.get("name", ""), str(error))
        if after == contact:
            return Outcome(row.line, "same", display_name(after))
        self._before.setdefault(after.id, contact)
        self._shelf.put(after)
        return Outcome(row.line, "changed" if contact else "new", display_name(after))

    async def commit(self) -> Commit:
        """What the rows changed, also in conversations."""
        now, changes = self._desk.clock(), []
        conversations: list[ConversationChange] = []
        for contact_id, before in self._before.items():
            after = msgspec.structs.replace(self._shelf.contacts[contact_id], updated_at=now)
            changes.append(ContactChange(before, after))
            if before is None:
                continue
            card = ContactCard(display_name(after), after.address)
            for each in await self._desk.store.conversations.all_of_contact(contact_id, self._session):
                thread = Thread(each, now)
                if each.current or each.contact != card:
                    thread.set(contact=card)
                    conversations.append(change_of(thread))
        return Commit(conversations=conversations, contacts=changes)

    async def _owner(self, row: Row) -> Contact | None:
        """Who the row is about. Raises `Invalid` if its numbers are several people's."""
        shelf, keys = self._shelf, [identity.key for identity in _numbers(row)]
        owners = {shelf.by_key[key] for key in keys if key in shelf.by_key}
        named = await self._by_id(row.cells.get("id"))
        if len(owners | ({named.id} if named else set())) > 1:
            raise Invalid("Its numbers are those of different contacts. Merge them first.")
        if named or owners:
            return named or shelf.contacts[owners.pop()]
        found = shelf.by_email.get(row.cells.get("email", "").casefold())
        return shelf.contacts[found] if found else None

    async def _by_id(self, contact_id: str | None) -> Contact | None:
        if not contact_id:
            return None
        if contact_id not in self._shelf.contacts:
            contact = await self._desk.store.contacts.get(contact_id, self._session)
            if contact is None or contact.merged_into:
                return None
            self._shelf.put(contact)
        return self._shelf.contacts[contact_id]

    def _applied(self, row: Row, contact: Contact | None) -> Contact:
        """The contact with what the row says. Raises `Invalid`."""
        numbers = _numbers(row)
        if contact is None:
            if not numbers and not row.cells.get("email"):
                raise Invalid("There is neither a number nor an email address to know them by.")
            now = self._desk.clock()
            contact = Contact(id=new_id(), created_at=now, updated_at=now)
        present = {"name": contact.name, **contact.attributes}
        said = {
            name: cell
            for name, cell in row.cells.items()
            if name not in ("id", "phone") and cell != text_of(present.get(name))
        }
        values = attributes_of(said, self._defined)
        new = tuple(n for n in numbers if n.value != contact.attributes.get("phone"))
        return with_values(contact.also_known_as(new, contact.updated_at), values)


def _numbers_in(row: Row) -> tuple[Identity, ...]:
    """Its numbers; none if one is wrong, which the row is told of."""
    try:
        return _numbers(row)
    except Invalid:
        return ()


def _numbers(row: Row) -> tuple[Identity, ...]:
    """The numbers of a row, in the international form. Raises `Invalid`."""
    found = []
    for number in _parted(row.cells.get("phone", "")):
        if phone := about_of({"phone": number}).phone:
            found.append(Identity(IdentityKind.PHONE, phone))
    return tuple(dict.fromkeys(found))


def _parted(cell: str) -> list[str]:
    """The numbers of a cell: each begins with a plus."""
    return [f"+{part.strip()}" if i else part for i, part in enumerate(cell.split("+")) if part.strip()]
