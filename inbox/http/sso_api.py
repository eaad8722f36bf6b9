"""`/api/v1/single_sign_on`: how people sign in by their organisation's provider, for admins."""

from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import single_sign_on
from inbox.actions.groups import Table
from inbox.http.api import answer
from inbox.http.auth import allowed, allowed_surely
from inbox.http.bodies import body_of
from inbox.http.sso_login import back_of, office_of, out_of
from inbox.model.entry import SingleSignOn
from inbox.model.people import ADMIN
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()


class GroupBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which role a group of the provider's gives."""

    group: str
    role: str


class MembershipBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the provider's groups make of people, at each sign-in."""

    groups: list[GroupBody] = msgspec.field(default_factory=list)
    groups_from: str = ""
    needs_group: bool = False


class SsoBody(MembershipBody, forbid_unknown_fields=True, kw_only=True):
    """`PUT /api/v1/single_sign_on`; without a secret the one before stays."""

    issuer: str
    client_id: str
    client_secret: str | None = None
    name: str = ""
    domains: list[str] = msgspec.field(default_factory=list)
    role: str = "agent"
    is_on: bool = True
    is_only: bool = False


@routes.get("/api/v1/single_sign_on")
async def read(request: web.Request) -> web.Response:
    """The settings, without the secret, and the address that the provider must send people back to."""
    await allowed(request, ADMIN)
    parts = request.app[PARTS]
    kept = await parts.store.single_sign_on.get("settings")
    return answer(_answer_of(kept, parts))


@routes.put("/api/v1/single_sign_on")
async def save(request: web.Request) -> web.Response:
    """Keep the settings, once the provider has answered."""
    principal = await allowed_surely(request, ADMIN)
    parts, body = request.app[PARTS], await body_of(request, SsoBody)
    kept = await single_sign_on.save(office_of(parts), principal, **fields_of(body))
    return answer(_answer_of(kept, parts))


def fields_of(body: MembershipBody) -> dict[str, Any]:
    """The fields of the body, with the table of groups in one."""
    rows = [(each.group, each.role) for each in body.groups]
    table = Table(rows, told_by=body.groups_from, is_needed=body.needs_group)
    given = msgspec.structs.asdict(body)
    ours = MembershipBody.__struct_fields__
    return {name: value for name, value in given.items() if name not in ours} | {"table": table}


def _answer_of(kept: SingleSignOn | None, parts: Parts) -> dict[str, Any]:
    ours = {"redirect_uri": back_of(parts), "logout_uri": out_of(parts)}
    return {"settings": sso_json(kept) if kept else None, **ours}


def sso_json(kept: SingleSignOn) -> dict[str, Any]:
    """The settings as an admin sees them."""
    shown = msgspec.structs.asdict(kept)
    return {name: value for name, value in shown.items() if name not in ("id", "client_secret")}
