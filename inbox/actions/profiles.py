"""What colleagues write down about contacts: their names, attributes and notes.

All raise `Forbidden`, `NotFound` or `Invalid`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from inbox.actions import audit
from inbox.actions.contacts import about_of, rewrite
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.contact import Contact
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, WRITE, Principal
from inbox.model.profile import Attribute, AttributeKind, BadValue, ContactNote, checked

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_ATTRIBUTES, _MOST_CHOICES, _MOST_NOTES = 100, 100, 500
_LONGEST_NOTE = 4000
GIVEN = ("name", "email", "phone")
"""What is known of every contact without an admin defining it."""


def attributes_of(given: Mapping[str, Any], defined: Iterable[Attribute]) -> dict[str, Any]:
    """The values as they are kept; None is one to be taken away. Raises `Invalid`."""
    by_name = {attribute.id: attribute for attribute in defined}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in GIVEN:
            values[name] = getattr(about_of({name: value}), name) if value else None
        elif name in by_name:
            try:
                values[name] = checked(by_name[name], value)
            except BadValue as error:
                raise Invalid(str(error)) from error
        else:
            raise Invalid(f"There is no attribute {name[:60]}: an admin can define it.")
    return values


def with_values(contact: Contact, values: Mapping[str, Any]) -> Contact:
    """The contact with its name and attributes set to these; None takes one away."""
    name = values.get("name", contact.name)
    every = {**contact.attributes, **{k: v for k, v in values.items() if k != "name"}}
    kept = {k: v for k, v in every.items() if v is not None}
    return msgspec.structs.replace(contact, name=name, attributes=kept)


async def edit(desk: Desk, who: Principal, contact_id: str, given: Mapping[str, Any]) -> Contact:
    """Change a contact's name (`name`) and attributes; what is not given stays, None takes one away."""
    _may(who, WRITE)
    values = attributes_of(given, await desk.store.attributes.list())
    return await rewrite(desk, contact_id, lambda contact: with_values(contact, values))


async def define(
    desk: Desk, who: Principal, name: str, *, label: str, kind: AttributeKind, choices: tuple[str, ...] = ()
) -> Attribute:
    """Let every contact have an attribute, or change one. Its kind stays what it was."""
    _may(who, ADMIN)
    if not _NAME.fullmatch(name) or name in GIVEN:
        raise Invalid("A name begins with a letter and has up to 40 lower case letters, digits, underscores.")
    label = " ".join(label.split())
    if not 1 <= len(label) <= 100:
        raise Invalid("A label has 1 to 100 characters.")
    choices = tuple(dict.fromkeys(" ".join(choice.split()) for choice in choices if choice.strip()))
    if (kind is AttributeKind.CHOICE) != bool(choices):
        raise Invalid("A choice, and nothing else, has choices to choose from.")
    if len(choices) > _MOST_CHOICES or any(len(choice) > 100 for choice in choices):
        raise Invalid(f"There can be {_MOST_CHOICES} choices of at most 100 characters.")
    known = {attribute.id: attribute for attribute in await desk.store.attributes.list()}
    if name in known and known[name].kind is not kind:
        raise Invalid(f"{name} is a {known[name].kind} already, and contacts have values of it.")
    if name not in known and len(known) >= _MOST_ATTRIBUTES:
        raise Invalid(f"There are {_MOST_ATTRIBUTES} attributes already.")
    attribute = Attribute(id=name, label=label, kind=kind, choices=choices)
    await desk.store.attributes.put(attribute)
    before = known.get(name)
    await audit.note_change(who, "attribute", name, before, attribute, store=desk.store, clock=desk.clock)
    return attribute


async def undefine(desk: Desk, who: Principal, name: str) -> None:
    """Take an attribute from the forms. What contacts have of it is kept, and shown when it is back."""
    _may(who, ADMIN)
    before = await desk.store.attributes.get(name)
    if before is None or not await desk.store.attributes.remove(name):
        raise NotFound("There is no such attribute.")
    await audit.note_change(who, "attribute", name, before, None, store=desk.store, clock=desk.clock)


async def add_note(
    desk: Desk, who: Principal, contact_id: str, text: str, *, note_id: str | None = None
) -> ContactNote:
    """Write something down about a contact. What stands under `note_id` already stays as it is."""
    _may(who, WRITE)
    text = text.strip()
    if not text or len(text) > _LONGEST_NOTE or "\0" in text:
        raise Invalid(f"A note has 1 to {_LONGEST_NOTE:,} characters.")
    contact = await desk.store.contacts.get(contact_id)
    if contact is None or contact.merged_into:
        raise NotFound("There is no such customer.")
    if len(await notes_of(desk, contact_id)) >= _MOST_NOTES:
        raise Invalid(f"There are {_MOST_NOTES} notes already.")
    note = ContactNote(
        id=note_id or new_id(),
        contact_id=contact_id,
        text=text,
        author_id=who.id,
        author_name=who.name,
        at=desk.clock(),
    )
    is_new = await desk.store.notes.add(note)
    return note if is_new else await desk.store.notes.get(note.id) or note


async def notes_of(desk: Desk, contact_id: str) -> list[ContactNote]:
    """The notes about a contact and all that were merged into it, the newest first."""
    family = await desk.store.contacts.family(contact_id)
    return await desk.store.notes.list({"contact_id": {"$in": family}}, sort="-_id", limit=_MOST_NOTES)


async def drop_note(desk: Desk, who: Principal, contact_id: str, note_id: str) -> None:
    """Delete a note: one's own, or as an admin any."""
    _may(who, WRITE)
    note = await desk.store.notes.get(note_id)
    if note is None or note.contact_id not in await desk.store.contacts.family(contact_id):
        raise NotFound("There is no such note.")
    if note.author_id != who.id and not who.may(ADMIN):
        raise Forbidden(f"This is a note of {note.author_name}.")
    await desk.store.notes.remove(note_id)


def _may(who: Principal, permission: str) -> None:
    if not who.may(permission):
        raise Forbidden("You are not allowed to do this.")
