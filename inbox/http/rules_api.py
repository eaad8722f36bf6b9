"""`/api/v1/rules` and `/api/v1/macros`."""

from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from connectors.preview import preview
from inbox import wire
from inbox.actions import rules
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of, moment_in
from inbox.http.once import HEADER
from inbox.model.people import ADMIN, READ, WRITE
from inbox.model.rules import FIELDS, STEPS, Condition, Happening, Step, in_order
from inbox.parts import PARTS

routes = web.RouteTableDef()
_RULES, _MACROS = "/api/v1/rules", "/api/v1/macros"
_DAY = timedelta(days=1)


class RuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    happening: str
    conditions: list[Condition] = []
    steps: list[Step] = []
    is_on: bool = True
    position: int = 0


class MacroBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    steps: list[Step]


class Run(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/macros/{macro}`."""

    client_id: str | None = None


@routes.get(_RULES)
async def list_rules(request: web.Request) -> web.Response:
    """Every rule in its order, and what rules can be made of."""
    await allowed(request, READ)
    found = in_order(await request.app[PARTS].store.rules.list())
    parts = {"happenings": list(Happening), "fields": FIELDS, "steps": STEPS}
    return answer({"items": [rules.value_json(rule) for rule in found], **parts})


@routes.post(_RULES)
async def add(request: web.Request) -> web.Response:
    """Make a rule."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, RuleBody)
    return answer(
        rules.value_json(await rules.save(request.app[PARTS].desk, principal, **_fields(body))), 201
    )


@routes.put(_RULES + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Change a rule."""
    principal = await allowed(request, ADMIN)
    body, at = await body_of(request, RuleBody), request.match_info["id"]
    saved = await rules.save(request.app[PARTS].desk, principal, rule_id=at, **_fields(body))
    return answer(rules.value_json(saved))


@routes.delete(_RULES + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete a rule."""
    await rules.drop(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


@routes.post("/api/v1/rule_trials")
async def try_out(request: web.Request) -> web.Response:
    """What a rule would have done in the last day, or between `since` and `until`. Changes nothing."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, RuleBody)
    parts = request.app[PARTS]
    until = moment_in(request, "until") or parts.clock()
    fields = {name: value for name, value in _fields(body).items() if name not in ("is_on", "position")}
    tried = await rules.try_out(
        parts.desk, principal, since=moment_in(request, "since") or until - _DAY, until=until, **fields
    )
    items = [
        {
            "conversation_id": conversation.id,
            "contact": conversation.contact.name,
            "channel_kind": conversation.channel_kind,
            "text": preview(line.content, 160),
            "at": wire.moment(line.created_at),
        }
        for conversation, line in tried.matches
    ]
    about = {"looked_at": tried.looked_at, "is_all": tried.is_all, "count": tried.number}
    return answer({**about, "items": items})


@routes.get(_MACROS)
async def list_macros(request: web.Request) -> web.Response:
    """Every macro, by name."""
    await allowed(request, READ)
    found = await request.app[PARTS].store.macros.list(sort="name")
    return answer({"items": [rules.value_json(macro) for macro in found]})


@routes.post(_MACROS)
async def add_macro(request: web.Request) -> web.Response:
    """Make a macro."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, MacroBody)
    saved = await rules.save_macro(request.app[PARTS].desk, principal, name=body.name, steps=body.steps)
    return answer(rules.value_json(saved), 201)


@routes.put(_MACROS + "/{id}")
async def change_macro(request: web.Request) -> web.Response:
    """Change a macro."""
    principal = await allowed(request, WRITE)
    body, at = await body_of(request, MacroBody), request.match_info["id"]
    saved = await rules.save_macro(
        request.app[PARTS].desk, principal, macro_id=at, name=body.name, steps=body.steps
    )
    return answer(rules.value_json(saved))


@routes.delete(_MACROS + "/{id}")
async def drop_macro(request: web.Request) -> web.Response:
    """Delete a macro."""
    await rules.drop_macro(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


@routes.post("/api/v1/conversations/{id}/macros/{macro}")
async def run_macro(request: web.Request) -> web.Response:
    """Take all its steps at once."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Run)
    at, macro = request.match_info["id"], request.match_info["macro"]
    client_id = body.client_id or request.headers.get(HEADER)
    done = await rules.run_macro(request.app[PARTS].desk, at, principal, macro, client_id=client_id)
    return answer(wire.conversation_json(done))


def _fields(body: RuleBody) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}
