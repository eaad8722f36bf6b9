"""`/api/v1/teams`, and the team of a conversation."""

from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import teams
from inbox.actions.errors import NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.http.pages import SIGNED_OUT
from inbox.model.hours import Hours
from inbox.model.people import ADMIN, READ
from inbox.model.routing import Method
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/teams"


class TeamBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    members: list[str] = []
    languages: list[str] = []
    hours: Hours | None = None
    method: str = Method.MANUAL
    overflow_team_id: str | None = None
    overflow_minutes: int = 10
    overflow_in_hours: bool = True
    skill_minutes: int = 15
    return_seconds: int = 120
    tells_place: bool = False
    closed_words: dict[str, str] = {}
    is_default: bool = False
    is_private: bool = False


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/team`."""

    team_id: str | None


@routes.get(_ALL)
async def list_teams(request: web.Request) -> web.Response:
    """Every team, by name."""
    await allowed(request, READ)
    return answer({"items": [teams.team_json(team) for team in await request.app[PARTS].store.teams.all()]})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Make a team."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, TeamBody)
    team = await teams.save(request.app[PARTS].desk, principal, **_fields(body))
    if team.is_private:
        await _look_again(request)
    return answer(teams.team_json(team), 201)


@routes.get(_ALL + "/{id}")
async def show(request: web.Request) -> web.Response:
    """A team."""
    await allowed(request, READ)
    team = await request.app[PARTS].store.teams.get(request.match_info["id"])
    if team is None:
        raise NotFound("There is no such team.")
    return answer(teams.team_json(team))


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Change a team; what is left out becomes as it is for a new one."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, TeamBody)
    at, parts = request.match_info["id"], request.app[PARTS]
    before = await parts.store.teams.get(at)
    team = await teams.save(parts.desk, principal, team_id=at, **_fields(body))
    if team.is_private or (before and before.is_private):
        await _look_again(request)
    return answer(teams.team_json(team))


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete a team."""
    await teams.drop(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


@routes.post("/api/v1/conversations/{id}/team")
async def move(request: web.Request) -> web.Response:
    """Give a conversation to a team."""
    principal = await who(request)
    body = await body_of(request, Move)
    parts = request.app[PARTS]
    team = await parts.store.teams.get(body.team_id) if body.team_id else None
    if body.team_id and team is None:
        raise NotFound("There is no such team.")
    moved = await teams.move(parts.desk, request.match_info["id"], principal, to=team)
    return answer(wire.conversation_json(moved))


async def _look_again(request: web.Request) -> None:
    """End the live pages that may see other conversations by now; they come back by themselves."""
    for user in await request.app[PARTS].store.users.list({"disabled": False}, limit=100_000):
        await request.app[SIGNED_OUT](user.id)


def _fields(body: TeamBody) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}
