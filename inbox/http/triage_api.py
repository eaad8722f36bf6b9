"""`/api/v1`: snooze, priority and labels of a conversation."""

from datetime import datetime

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import triage
from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.model.people import READ
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/conversations/{id}"


class Snooze(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/snooze`."""

    until: datetime | None = None


class Prioritise(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/priority`."""

    priority: str


class Speak(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/language`."""

    language: str | None


class Label(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/labels`."""

    add: list[str] = []
    remove: list[str] = []


@routes.post(_AT + "/snooze")
async def snooze(request: web.Request) -> web.Response:
    """Put it out of sight until a moment, or until the customer writes."""
    principal = await who(request)
    body = await body_of(request, Snooze)
    if body.until is not None and body.until.tzinfo is None:
        raise Invalid("until must have a time zone, such as 2026-12-24T09:00:00+01:00.")
    desk = request.app[PARTS].desk
    snoozed = await triage.snooze(desk, request.match_info["id"], principal, until=body.until)
    return answer(wire.conversation_json(snoozed))


@routes.post(_AT + "/unread")
async def mark_unread(request: web.Request) -> web.Response:
    """Show it as unread again."""
    principal = await who(request)
    marked = await triage.mark_unread(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.conversation_json(marked))


@routes.post(_AT + "/priority")
async def prioritise(request: web.Request) -> web.Response:
    """Say how urgent it is."""
    principal = await who(request)
    body = await body_of(request, Prioritise)
    desk, at = request.app[PARTS].desk, request.match_info["id"]
    return answer(
        wire.conversation_json(await triage.prioritise(desk, at, principal, priority=body.priority))
    )


@routes.post(_AT + "/language")
async def speak(request: web.Request) -> web.Response:
    """Say which language the customer writes; null lets their next words tell."""
    principal, body = await who(request), await body_of(request, Speak)
    desk, at = request.app[PARTS].desk, request.match_info["id"]
    return answer(wire.conversation_json(await triage.speak(desk, at, principal, language=body.language)))


@routes.post(_AT + "/labels")
async def label(request: web.Request) -> web.Response:
    """Add labels and take labels away."""
    principal = await who(request)
    body = await body_of(request, Label)
    desk, at = request.app[PARTS].desk, request.match_info["id"]
    return answer(
        wire.conversation_json(await triage.label(desk, at, principal, add=body.add, remove=body.remove))
    )


@routes.get("/api/v1/labels")
async def labels(request: web.Request) -> web.Response:
    """The labels in use."""
    await allowed(request, READ)
    return answer({"items": await request.app[PARTS].store.conversations.labels()})
