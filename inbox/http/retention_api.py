"""`/api/v1/retention`: how long conversations are kept, for admins."""

import msgspec
from aiohttp import web

from inbox.actions import retention
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.model.people import ADMIN
from inbox.model.retention import Retention
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/retention"


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    days: int
    channel_id: str | None = None
    label: str | None = None
    is_on: bool = True


class Trial(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/retention_trials`."""

    days: int
    channel_id: str | None = None
    label: str | None = None


@routes.get(_ALL)
async def list_rules(request: web.Request) -> web.Response:
    """The rules."""
    await allowed(request, ADMIN)
    found = await request.app[PARTS].store.retention.list(limit=100)
    return answer({"items": [rule_json(rule) for rule in found]})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Make a rule."""
    principal, body = await allowed(request, ADMIN), await body_of(request, Rule)
    kept = await retention.save(request.app[PARTS].desk, principal, **msgspec.structs.asdict(body))
    return answer(rule_json(kept), 201)


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Change a rule; what is left out becomes as it is for a new one."""
    principal, body = await allowed(request, ADMIN), await body_of(request, Rule)
    at, given = request.match_info["id"], msgspec.structs.asdict(body)
    return answer(
        rule_json(await retention.save(request.app[PARTS].desk, principal, retention_id=at, **given))
    )


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete a rule."""
    principal = await allowed(request, ADMIN)
    await retention.drop(request.app[PARTS].desk, principal, request.match_info["id"])
    return web.Response(status=204)


@routes.post("/api/v1/retention_trials")
async def try_out(request: web.Request) -> web.Response:
    """How many conversations such a rule would delete now. Deletes nothing."""
    principal, body = await allowed(request, ADMIN), await body_of(request, Trial)
    number = await retention.try_out(request.app[PARTS].desk, principal, **msgspec.structs.asdict(body))
    return answer({"conversations": number})


def rule_json(rule: Retention) -> dict[str, object]:
    """A rule as programs see it."""
    return {
        "id": rule.id,
        "days": rule.days,
        "channel_id": rule.channel_id,
        "label": rule.label,
        "is_on": rule.is_on,
    }
