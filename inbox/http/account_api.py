"""`/api/v1/me` as far as it is about signing in: one's sessions and password. For people alone."""

import msgspec
from aiohttp import web

from inbox.actions import people, sessions
from inbox.actions.audit import note
from inbox.http.api import answer
from inbox.http.auth import person
from inbox.http.bodies import body_of
from inbox.http.pages import SIGNED_OUT
from inbox.parts import PARTS

routes = web.RouteTableDef()


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/me/password`."""

    present: str
    chosen: str


@routes.get("/api/v1/me/sessions")
async def list_sessions(request: web.Request) -> web.Response:
    """Where one is signed in."""
    user, session, _ = await person(request)
    parts = request.app[PARTS]
    found = await sessions.sessions_of(user.id, store=parts.store, clock=parts.clock)
    return answer({"items": [sessions.session_json(one, session) for one in found]})


@routes.delete("/api/v1/me/sessions/{id}")
async def end_session(request: web.Request) -> web.Response:
    """Sign out in one browser; its open pages end at once."""
    user, _, who = await person(request)
    parts = request.app[PARTS]
    await sessions.end_session(user, request.match_info["id"], who, store=parts.store, clock=parts.clock)
    await request.app[SIGNED_OUT](user.id)
    return web.Response(status=204)


@routes.post("/api/v1/me/sessions/end_others")
async def end_others(request: web.Request) -> web.Response:
    """Sign out everywhere but here."""
    user, session, who = await person(request)
    parts = request.app[PARTS]
    ended = await sessions.end_others(user, session, who, store=parts.store, clock=parts.clock)
    await request.app[SIGNED_OUT](user.id)
    return answer({"ended": ended})


@routes.post("/api/v1/me/password")
async def change_password(request: web.Request) -> web.Response:
    """Change one's password; one is signed out everywhere but here."""
    user, session, who = await person(request)
    parts = request.app[PARTS]
    body = await body_of(request, NewPassword)
    ended = await people.change_password(
        user, session, body.present, body.chosen, store=parts.store, clock=parts.clock
    )
    await note(who, "password.changed", f"user:{user.id}", store=parts.store, clock=parts.clock)
    await request.app[SIGNED_OUT](user.id)
    return answer({"ended": ended})
