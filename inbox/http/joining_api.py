"""`/api/v1`: conversations merged and parted again, and all that a contact said on any channel."""

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import joining, timeline
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of, number
from inbox.model.people import READ
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/conversations/{id}"


class Merge(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/merge_in`."""

    conversation_id: str
    """The one that becomes part of it."""


@routes.post(_AT + "/merge_in")
async def merge(request: web.Request) -> web.Response:
    """Let it go on for another conversation of the same customer on the same channel, too."""
    principal = await who(request)
    body = await body_of(request, Merge)
    desk, at = request.app[PARTS].desk, request.match_info["id"]
    kept = await joining.merge(desk, principal, keep=at, give_up=body.conversation_id)
    return answer(wire.conversation_json(kept))


@routes.post(_AT + "/part")
async def part(request: web.Request) -> web.Response:
    """Part it from the conversation that it was merged into, as if that had never been."""
    principal = await who(request)
    parted = await joining.part_again(request.app[PARTS].desk, principal, request.match_info["id"])
    return answer(wire.conversation_json(parted))


@routes.get("/api/v1/contacts/{id}/timeline")
async def show_timeline(request: web.Request) -> web.Response:
    """Messages of all a contact's conversations, the newest page or the one before a `before`, by time."""
    principal, parts = await allowed(request, READ), request.app[PARTS]
    limit = number(request, "limit", 50, least=1, most=100) or 50
    found = await timeline.page(
        parts.desk, principal, request.match_info["id"], before=request.query.get("before"), limit=limit
    )
    return answer(
        {
            "items": [wire.message_json(m) for m in found.items],
            "next_cursor": found.earlier,
            "left_out": found.left_out,
        }
    )
