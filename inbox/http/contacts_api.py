"""`/api/v1/contacts` and `/api/v1/contact_attributes`. One contact is shown by `inbox/http/api.py`."""

from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import profiles, segments
from inbox.actions.introduce import introduce
from inbox.actions.unmerge import merge_by_hand, unmerge
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of, number
from inbox.http.lists import cursor_of, open_cursor
from inbox.http.once import made_id
from inbox.model.people import ADMIN, READ, WRITE
from inbox.model.profile import AttributeKind, ContactNote, wanted_words
from inbox.model.words import query_words
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/contacts"
_ATTRIBUTES = "/api/v1/contact_attributes"


class NewContact(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`: known by their numbers, or by an email address."""

    name: str | None = None
    phones: list[str] = []
    email: str | None = None
    attributes: dict[str, str | int | float | bool | None] = {}


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """`PATCH`: what is left out stays; null takes away."""

    name: str | msgspec.UnsetType | None = msgspec.UNSET
    attributes: dict[str, str | int | float | bool | None] = {}


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT …/contact_attributes/{id}`."""

    label: str
    kind: AttributeKind = AttributeKind.TEXT
    choices: list[str] = []


class Other(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/merge`: who is given up."""

    contact_id: str


class NewNote(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/notes`."""

    text: str


@routes.get(_ALL)
async def list_contacts(request: web.Request) -> web.Response:
    """One page of the contacts, the last changed first: those of a `segment`, or that go by the words `q`."""
    await allowed(request, READ)
    limit = number(request, "limit", 50, least=1, most=100) or 50
    cursor, given = request.query.get("cursor"), request.query.get("q", "").strip()[:100]
    words = wanted_words(*query_words(given))
    if given and not words:
        return answer({"items": [], "next_cursor": None})
    after = open_cursor(cursor) if cursor else None
    parts, segment = request.app[PARTS], request.query.get("segment")
    query = await segments.query(parts.desk, segment) if segment else None
    found = await parts.store.contacts.page(words, after=after, limit=limit + 1, query=query)
    items, more = found[:limit], len(found) > limit
    next_cursor = cursor_of(items[-1].updated_at, items[-1].id) if more else None
    return answer({"items": [wire.contact_row_json(c) for c in items], "next_cursor": next_cursor})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Make a contact before they have written. 409 when somebody has one of the numbers."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, NewContact)
    made = await introduce(
        request.app[PARTS].desk,
        principal,
        contact_id=made_id(request),
        phones=body.phones,
        given={**body.attributes, "name": body.name, "email": body.email},
    )
    return answer(wire.contact_row_json(made), 201)


@routes.patch(_ALL + "/{id}")
async def edit(request: web.Request) -> web.Response:
    """Change what is known of a contact."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Edit)
    given = {name: value for name, value in body.attributes.items() if name != "name"}
    if body.name is not msgspec.UNSET:
        given["name"] = body.name
    contact = await profiles.edit(request.app[PARTS].desk, principal, request.match_info["id"], given)
    return answer(wire.contact_row_json(contact))


@routes.get(_ALL + "/{id}/notes")
async def list_notes(request: web.Request) -> web.Response:
    """The notes about a contact, the newest first."""
    await allowed(request, READ)
    found = await profiles.notes_of(request.app[PARTS].desk, request.match_info["id"])
    return answer({"items": [_note_json(note) for note in found]})


@routes.post(_ALL + "/{id}/notes")
async def add_note(request: web.Request) -> web.Response:
    """Write one."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, NewNote)
    desk = request.app[PARTS].desk
    note = await profiles.add_note(
        desk, principal, request.match_info["id"], body.text, note_id=made_id(request)
    )
    return answer(_note_json(note), 201)


@routes.delete(_ALL + "/{id}/notes/{note}")
async def drop_note(request: web.Request) -> web.Response:
    """Delete one."""
    principal = await who(request)
    at = request.match_info
    await profiles.drop_note(request.app[PARTS].desk, principal, at["id"], at["note"])
    return web.Response(status=204)


@routes.post(_ALL + "/{id}/merge")
async def merge(request: web.Request) -> web.Response:
    """Take over another contact's identities and conversations."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Other)
    desk = request.app[PARTS].desk
    kept = await merge_by_hand(desk, principal, request.match_info["id"], body.contact_id)
    return answer(wire.contact_row_json(kept))


@routes.get(_ALL + "/{id}/merges")
async def list_merges(request: web.Request) -> web.Response:
    """What can be undone, the newest first."""
    await allowed(request, READ)
    found = await request.app[PARTS].store.merges.of(request.match_info["id"])
    items = [
        {"id": m.id, "by": m.by, "at": wire.moment(m.at), "given": wire.contact_row_json(m.given)}
        for m in found
    ]
    return answer({"items": items})


@routes.post(_ALL + "/{id}/merges/{merge}/undo")
async def undo_merge(request: web.Request) -> web.Response:
    """Make two contacts of one again; the other one is answered."""
    principal = await who(request)
    at = request.match_info
    found = await unmerge(request.app[PARTS].desk, principal, at["id"], at["merge"])
    return answer(wire.contact_row_json(found))


def _note_json(note: ContactNote) -> dict[str, Any]:
    author = {"id": note.author_id, "name": note.author_name}
    return {"id": note.id, "text": note.text, "author": author, "at": wire.moment(note.at)}


@routes.get(_ATTRIBUTES)
async def list_attributes(request: web.Request) -> web.Response:
    """What can be known of contacts, by its label."""
    await allowed(request, READ)
    found = await request.app[PARTS].store.attributes.list(sort="label")
    return answer({"items": msgspec.to_builtins(found)})


@routes.put(_ATTRIBUTES + "/{id}")
async def define(request: web.Request) -> web.Response:
    """Define one, or change it."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, Definition)
    desk, name = request.app[PARTS].desk, request.match_info["id"]
    found = await profiles.define(
        desk, principal, name, label=body.label, kind=body.kind, choices=tuple(body.choices)
    )
    return answer(msgspec.to_builtins(found))


@routes.delete(_ATTRIBUTES + "/{id}")
async def undefine(request: web.Request) -> web.Response:
    """Take one away from the forms."""
    principal = await who(request)
    await profiles.undefine(request.app[PARTS].desk, principal, request.match_info["id"])
    return web.Response(status=204)
