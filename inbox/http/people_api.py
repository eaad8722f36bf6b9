"""`/api/v1/people`: how colleagues sign in, for admins."""

from aiohttp import web

from inbox import wire
from inbox.actions import sessions
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.pages import SIGNED_OUT
from inbox.model.people import ADMIN
from inbox.parts import PARTS

routes = web.RouteTableDef()


@routes.get("/api/v1/people")
async def list_people(request: web.Request) -> web.Response:
    """All who may sign in, with what an admin should know of how they do."""
    await allowed(request, ADMIN)
    parts = request.app[PARTS]
    open_sessions = await sessions.counts(store=parts.store, clock=parts.clock)
    with_app = {one.id for one in await parts.store.factors.list(limit=10_000) if one.totp}
    with_passkey = {one.user_id for one in await parts.store.passkeys.list(limit=100_000)}
    items = [
        {
            **wire.user_json(user),
            "disabled": user.disabled,
            "app": user.id in with_app,
            "passkey": user.id in with_passkey,
            "sessions": open_sessions.get(user.id, 0),
        }
        for user in await parts.store.users.list(sort="email", limit=10_000)
    ]
    return answer({"items": items})


@routes.post("/api/v1/people/{id}/end_sessions")
async def end_sessions(request: web.Request) -> web.Response:
    """Sign a colleague out everywhere."""
    principal = await allowed(request, ADMIN)
    parts, user_id = request.app[PARTS], request.match_info["id"]
    ended = await sessions.end_all_of(user_id, principal, store=parts.store, clock=parts.clock)
    await request.app[SIGNED_OUT](user_id)
    return answer({"ended": ended})
