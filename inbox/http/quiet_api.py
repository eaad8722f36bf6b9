"""`/api/v1/channels/{id}/quiet_hours`: when a machine may not begin to write, by the recipient's clock."""

import msgspec
from aiohttp import web

from inbox.actions.errors import NotFound
from inbox.actions.quiet import set_hours
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.model.people import ADMIN
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/channels/{id}/quiet_hours"


class QuietHours(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT`: such as ``21:00-08:00``, or ``off``."""

    quiet_hours: str


@routes.get("/api/v1/quiet_hours")
async def show_all(request: web.Request) -> web.Response:
    """When each channel is quiet."""
    await allowed(request, ADMIN)
    found = await request.app[PARTS].store.channels.list(sort="name")
    items = [{"channel_id": one.id, "name": one.name, "quiet_hours": one.quiet_hours} for one in found]
    return answer({"items": items})


@routes.get(_AT)
async def show(request: web.Request) -> web.Response:
    """When it is quiet."""
    await allowed(request, ADMIN)
    channel = await request.app[PARTS].store.channels.get(request.match_info["id"])
    if channel is None:
        raise NotFound(f"There is no channel {request.match_info['id']}.")
    return answer({"quiet_hours": channel.quiet_hours})


@routes.put(_AT)
async def change(request: web.Request) -> web.Response:
    """Say when it is quiet."""
    principal, body = await allowed(request, ADMIN), await body_of(request, QuietHours)
    at = request.match_info["id"]
    channel = await set_hours(request.app[PARTS].desk, principal, at, body.quiet_hours)
    return answer({"quiet_hours": channel.quiet_hours})
