"""`/api/v1`: messages that are to be said later."""

from datetime import datetime
from typing import Literal

import msgspec
from aiohttp import web

from connectors.content import Content
from connectors.events import Purpose
from inbox import wire
from inbox.actions import later
from inbox.actions.access import seen
from inbox.actions.errors import Invalid
from inbox.http.api import answer, sendable
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.model.people import READ, WRITE
from inbox.parts import PARTS

routes = web.RouteTableDef()
_IN = "/api/v1/conversations/{id}/scheduled"
_AT = "/api/v1/scheduled/{id}"


class Later(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/scheduled`."""

    client_id: str
    at: datetime
    text: str | None = None
    content: Content | None = None
    purpose: Literal["conversation", "marketing"] = "conversation"


@routes.get(_IN)
async def list_scheduled(request: web.Request) -> web.Response:
    """What is to be said in a conversation, or could not be, the earliest first."""
    principal, store = await allowed(request, READ), request.app[PARTS].store
    at = request.match_info["id"]
    if await store.conversations.get(at):
        await seen(principal, at, store=store)
    found = await store.scheduled.of(at)
    return answer({"items": [wire.scheduled_json(each) for each in found]})


@routes.post(_IN)
async def schedule(request: web.Request) -> web.Response:
    """Have something said at a time."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Later)
    if body.at.tzinfo is None:
        raise Invalid("at must have a time zone, such as 2026-12-24T09:00:00+01:00.")
    if not 1 <= len(body.client_id) <= 200:
        raise Invalid("client_id may have 1 to 200 characters.")
    parts, conversation_id = request.app[PARTS], request.match_info["id"]
    content = await sendable(body.text, body.content, conversation_id, principal, parts)
    kept = await later.schedule(
        parts.desk,
        conversation_id,
        principal,
        content=content,
        at=body.at,
        client_id=body.client_id,
        purpose=Purpose(body.purpose),
    )
    return answer(wire.scheduled_json(kept), 201)


@routes.delete(_AT)
async def withdraw(request: web.Request) -> web.Response:
    """Not to say it after all."""
    await later.withdraw(request.app[PARTS].desk, request.match_info["id"], await who(request))
    return web.Response(status=204)


@routes.post(_AT + "/send_now")
async def say_now(request: web.Request) -> web.Response:
    """Say it at once."""
    principal = await who(request)
    said = await later.say_now(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.message_json(said), 201)
