"""`/api/v1/agents`: who the colleagues are, who of them is here, and what they are given."""

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import seats
from inbox.actions.errors import NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.model.people import ADMIN, READ
from inbox.model.seat import CAPACITY, KeptSeat
from inbox.parts import PARTS

routes = web.RouteTableDef()

TELL_PRESENCE: web.AppKey[Callable[[], Awaitable[None]]] = web.AppKey("tell_presence")
"""Tells all agents' pages who is here."""


class SeatBody(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT …/seat`."""

    capacity: int = CAPACITY
    languages: list[str] = []
    skills: list[str] = []


class Busy(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/presence`."""

    busy: bool


@routes.get("/api/v1/agents")
async def list_agents(request: web.Request) -> web.Response:
    """The colleagues, who of them is here, and what they are given."""
    await allowed(request, READ)
    parts = request.app[PARTS]
    here, kept = await seats.presences(parts.store, parts.clock()), await parts.store.seats.by_agent()
    users = await parts.store.users.list({"disabled": False}, sort="name")
    items = [
        {
            **wire.user_json(user),
            "presence": here.get(user.id, "offline"),
            **seats.seat_json(kept.get(user.id) or KeptSeat(id=user.id)),
        }
        for user in users
    ]
    return answer({"items": items})


@routes.get("/api/v1/agents/{id}")
async def show(request: web.Request) -> web.Response:
    """A colleague."""
    await allowed(request, READ)
    parts, at = request.app[PARTS], request.match_info["id"]
    user = await parts.store.users.get(at)
    if user is None or user.disabled:
        raise NotFound("There is no such colleague.")
    here, kept = await seats.presences(parts.store, parts.clock()), await parts.store.seats.get(at)
    found = {
        **wire.user_json(user),
        "presence": here.get(at, "offline"),
        **seats.seat_json(kept or KeptSeat(id=at)),
    }
    return answer(found)


@routes.put("/api/v1/agents/{id}/seat")
async def save_seat(request: web.Request) -> web.Response:
    """Say how much of what an agent is given."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, SeatBody)
    at = request.match_info["id"]
    seat = await seats.save(request.app[PARTS].desk, principal, at, **msgspec.structs.asdict(body))
    return answer(seats.seat_json(seat))


@routes.post("/api/v1/me/presence")
async def be_busy(request: web.Request) -> web.Response:
    """Be busy, or not any more."""
    principal = await who(request)
    body = await body_of(request, Busy)
    await seats.be_busy(request.app[PARTS].desk, principal, body.busy)
    await request.app[TELL_PRESENCE]()
    return web.Response(status=204)
