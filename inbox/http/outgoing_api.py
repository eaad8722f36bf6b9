"""`/api/v1/messages/{id}/…`: what becomes of a message that was queued."""

from aiohttp import web

from inbox import wire
from inbox.actions import outgoing
from inbox.http.api import answer
from inbox.http.auth import who
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/messages/{id}"


@routes.post(_AT + "/retry")
async def retry(request: web.Request) -> web.Response:
    """Send a failed message again."""
    principal = await who(request)
    queued = await outgoing.retry(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.message_json(queued))


@routes.post(_AT + "/take_back")
async def take_back(request: web.Request) -> web.Response:
    """Not to send it after all."""
    principal = await who(request)
    taken = await outgoing.take_back(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.message_json(taken))


@routes.post(_AT + "/send_now")
async def send_now(request: web.Request) -> web.Response:
    """Hold it no longer."""
    principal = await who(request)
    sent = await outgoing.send_now(request.app[PARTS].desk, request.match_info["id"], principal)
    return answer(wire.message_json(sent))
