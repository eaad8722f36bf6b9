"""`/api/v1/sla_policies`, and how promises were kept."""

from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import promises
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of, choice, moment_in
from inbox.model.hours import Hours
from inbox.model.people import ADMIN, READ
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/sla_policies"
_BY = ("team_id", "channel_id", "agent_id", "policy_id")


class PolicyBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    position: int = 0
    channel_ids: list[str] = []
    team_ids: list[str] = []
    priorities: list[str] = []
    first_response: int | None = None
    next_response: int | None = None
    resolution: int | None = None
    hours: Hours | None = None
    warn_at: float = 0.8


@routes.get(_ALL)
async def list_policies(request: web.Request) -> web.Response:
    """Every policy, in the order in which they are tried."""
    await allowed(request, READ)
    found = await request.app[PARTS].store.policies.list(limit=1_000)
    ordered = sorted(found, key=lambda p: (p.position, p.name, p.id))
    return answer({"items": [promises.policy_json(policy) for policy in ordered]})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Make a policy."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, PolicyBody)
    policy = await promises.save(request.app[PARTS].desk, principal, **_fields(body))
    return answer(promises.policy_json(policy), 201)


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Change a policy; what is left out becomes as it is for a new one."""
    principal = await allowed(request, ADMIN)
    body, at = await body_of(request, PolicyBody), request.match_info["id"]
    policy = await promises.save(request.app[PARTS].desk, principal, policy_id=at, **_fields(body))
    return answer(promises.policy_json(policy))


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete a policy."""
    await promises.drop(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


@routes.get("/api/v1/reports/sla")
async def report(request: web.Request) -> web.Response:
    """How many promises were kept and broken: in the last 30 days, or between `since` and `until`."""
    await allowed(request, READ)
    parts = request.app[PARTS]
    until = moment_in(request, "until") or parts.clock()
    since = moment_in(request, "since") or until - timedelta(days=30)
    by = choice(request, "by", _BY)
    return answer({"items": await parts.store.promises.counted(since, until, by)})


def _fields(body: PolicyBody) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}
