"""`/api/v1/contacts/{id}`: writing to a customer first, and blocking them."""

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import blocking, reaching
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.model.people import READ, WRITE
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/contacts/{id}"


class Begin(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/conversations`."""

    channel_id: str


class Block(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/block`."""

    blocked: bool


@routes.get(_AT + "/ways")
async def ways(request: web.Request) -> web.Response:
    """The channels that reach them."""
    principal = await allowed(request, READ)
    found = await reaching.ways_to(request.app[PARTS].desk, principal, request.match_info["id"])
    items = [
        {
            "channel_id": way.channel.id,
            "channel_kind": way.channel.kind,
            "name": way.channel.name,
            "address": way.to[0].value,
            "conversation_id": way.conversation_id,
            "refused": way.is_refused,
            "needs_template": way.needs_template,
        }
        for way in found
    ]
    return answer({"items": items})


@routes.post(_AT + "/conversations")
async def begin(request: web.Request) -> web.Response:
    """Their conversation on a channel, begun if there is none."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Begin)
    at = request.match_info["id"]
    begun = await reaching.begin(request.app[PARTS].desk, principal, at, channel_id=body.channel_id)
    return answer(wire.conversation_json(begun), 201)


@routes.post(_AT + "/block")
async def block(request: web.Request) -> web.Response:
    """Block them, or let them through again."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Block)
    at = request.match_info["id"]
    contact = await blocking.block(request.app[PARTS].desk, principal, at, is_blocked=body.blocked)
    return answer(wire.contact_row_json(contact))
