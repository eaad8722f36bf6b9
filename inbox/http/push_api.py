"""`/api/v1/me/push`: one's devices that take news, and how one wants it. For people alone."""

import msgspec
from aiohttp import web

from inbox.actions import push
from inbox.http.api import answer
from inbox.http.auth import person
from inbox.http.bodies import body_of
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/me/push"


class Device(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/me/push`: what a browser's `PushSubscription` says."""

    endpoint: str
    p256dh: str
    auth: str
    device: str = ""


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT /api/v1/me/push/wishes`."""

    quiet_from: str | None = None
    quiet_until: str | None = None
    zone: str = "UTC"
    shows_words: bool = False


class Muted(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT /api/v1/conversations/{id}/muted`."""

    muted: bool


@routes.get(_AT)
async def show(request: web.Request) -> web.Response:
    """Our public key, one's devices and wishes."""
    user, _, _ = await person(request)
    parts = request.app[PARTS]
    devices = await parts.store.subscriptions.list({"user_id": user.id})
    wishes = await push.wishes_of(user, store=parts.store)
    return answer(
        {
            "key": (await push.keys(parts.store, parts.vault)).public,
            "items": [push.subscription_json(one) for one in devices],
            "wishes": msgspec.to_builtins(wishes),
        }
    )


@routes.post(_AT)
async def subscribe(request: web.Request) -> web.Response:
    """Let this browser have one's news."""
    user, _, _ = await person(request)
    body, parts = await body_of(request, Device), request.app[PARTS]
    made = await push.subscribe(user, **msgspec.structs.asdict(body), store=parts.store, clock=parts.clock)
    return answer(push.subscription_json(made), 201)


@routes.delete(_AT + "/{id}")
async def revoke(request: web.Request) -> web.Response:
    """Send a device nothing any more."""
    user, _, _ = await person(request)
    await push.revoke(user, request.match_info["id"], store=request.app[PARTS].store)
    return web.Response(status=204)


@routes.put(_AT + "/wishes")
async def wish(request: web.Request) -> web.Response:
    """Quiet hours, and whether news may carry a customer's words."""
    user, _, _ = await person(request)
    body = await body_of(request, Wanted)
    wishes = await push.wish(user, **msgspec.structs.asdict(body), store=request.app[PARTS].store)
    return answer(msgspec.to_builtins(wishes))


@routes.put("/api/v1/conversations/{id}/muted")
async def mute(request: web.Request) -> web.Response:
    """Want no news of a conversation, or want it again."""
    user, _, _ = await person(request)
    body, at = await body_of(request, Muted), request.match_info["id"]
    wishes = await push.mute(user, at, body.muted, store=request.app[PARTS].store)
    return answer(msgspec.to_builtins(wishes))
