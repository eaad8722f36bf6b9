"""`/api/v1/roles` and `/api/v1/people/{id}`: what each role may do, and who has it."""

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import roles
from inbox.actions.entry import hold_anew
from inbox.http.api import answer
from inbox.http.auth import allowed, allowed_surely
from inbox.http.bodies import body_of
from inbox.http.pages import SIGNED_OUT
from inbox.model.people import ADMIN, SCOPES, KeptRole
from inbox.parts import PARTS

routes = web.RouteTableDef()


class NewRole(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    permissions: list[str]


class ChangedUser(msgspec.Struct, forbid_unknown_fields=True):
    """`PATCH /api/v1/people/{id}`: what is left out stays."""

    role: str | None = None
    disabled: bool | None = None


@routes.get("/api/v1/roles")
async def list_roles(request: web.Request) -> web.Response:
    """The roles that there are, and the permissions that they are made of."""
    principal = await allowed(request, ADMIN)
    items = await roles.all_roles(principal, store=request.app[PARTS].store)
    return answer({"items": items, "permissions": list(SCOPES)})


@routes.post("/api/v1/roles")
async def add(request: web.Request) -> web.Response:
    """Make a role out of permissions."""
    return answer(role_json(await _saved(request)), 201)


@routes.put("/api/v1/roles/{id}")
async def change(request: web.Request) -> web.Response:
    """Change a role; whoever has it may do so from now on, on pages that are open too."""
    role = await _saved(request, request.match_info["id"])
    for user_id in await roles.having(role.id, store=request.app[PARTS].store):
        await request.app[SIGNED_OUT](user_id)
    return answer(role_json(role))


@routes.delete("/api/v1/roles/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete a role that nobody has."""
    principal, parts = await allowed_surely(request, ADMIN), request.app[PARTS]
    await roles.drop_role(principal, request.match_info["id"], store=parts.store, clock=parts.clock)
    return web.Response(status=204)


@routes.patch("/api/v1/people/{id}")
async def change_user(request: web.Request) -> web.Response:
    """Give a colleague another role, or let them in no longer, or again."""
    principal, parts = await allowed_surely(request, ADMIN), request.app[PARTS]
    body = await body_of(request, ChangedUser)
    user = await roles.change_user(
        principal,
        request.match_info["id"],
        role=body.role,
        disabled=body.disabled,
        store=parts.store,
        clock=parts.clock,
    )
    await hold_anew(user, store=parts.store)
    await request.app[SIGNED_OUT](user.id)
    return answer({**wire.user_json(user), "disabled": user.disabled})


def role_json(role: KeptRole) -> dict[str, object]:
    """A role that was made here."""
    return {"id": role.id, "name": role.name, "permissions": list(role.permissions), "built_in": False}


async def _saved(request: web.Request, role_id: str | None = None) -> KeptRole:
    principal, parts = await allowed_surely(request, ADMIN), request.app[PARTS]
    body = await body_of(request, NewRole)
    return await roles.save_role(
        principal,
        role_id=role_id,
        name=body.name,
        permissions=body.permissions,
        store=parts.store,
        clock=parts.clock,
    )
