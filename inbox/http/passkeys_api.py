"""`/api/v1/me/passkeys`: one's passkeys."""

from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import passkeys
from inbox.http.api import answer
from inbox.http.auth import device_in, person
from inbox.http.bodies import body_of
from inbox.parts import PARTS

routes = web.RouteTableDef()


class NewPasskey(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/me/passkeys`: what the browser made."""

    credential: dict[str, Any]
    name: str = ""


class Name(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT /api/v1/me/passkeys/{id}`."""

    name: str


@routes.post("/api/v1/me/passkeys/options")
async def begin(request: web.Request) -> web.Response:
    """What the browser must be told to make one."""
    user, session, _ = await person(request, limited=True, proved=True)
    parts = request.app[PARTS]
    site = passkeys.site_of(parts.settings.public_url)
    return answer(await passkeys.begin(user, session, site, store=parts.store, clock=parts.clock))


@routes.post("/api/v1/me/passkeys")
async def add(request: web.Request) -> web.Response:
    """Keep the one that the browser made."""
    user, session, who = await person(request, limited=True, proved=True)
    parts, body = request.app[PARTS], await body_of(request, NewPasskey)
    kept = await passkeys.add(
        user,
        session,
        passkeys.site_of(parts.settings.public_url),
        who,
        name=body.name or device_in(request),
        credential=body.credential,
        store=parts.store,
        clock=parts.clock,
    )
    return answer(passkeys.passkey_json(kept), 201)


@routes.put("/api/v1/me/passkeys/{id}")
async def rename(request: web.Request) -> web.Response:
    """Call it something else."""
    user, _, _ = await person(request)
    body = await body_of(request, Name)
    await passkeys.rename(user, request.match_info["id"], body.name, store=request.app[PARTS].store)
    return web.Response(status=204)


@routes.delete("/api/v1/me/passkeys/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete it; whoever holds it gets in by it no longer."""
    user, _, who = await person(request, proved=True)
    parts = request.app[PARTS]
    await passkeys.remove(user, request.match_info["id"], who, store=parts.store, clock=parts.clock)
    return web.Response(status=204)
