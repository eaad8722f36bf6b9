"""`/api/v1/me` and `/api/v1/people`: what one signs in with besides a password, and what is asked of all."""

import msgspec
from aiohttp import web

from inbox.actions import entry, factors, passkeys, roles
from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed, allowed_surely, person, signed_in
from inbox.http.bodies import body_of
from inbox.http.pages import SIGNED_OUT
from inbox.model.people import ADMIN
from inbox.parts import PARTS

routes = web.RouteTableDef()


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/me/totp/confirm`."""

    code: str


class Proof(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/me/prove`: one of them."""

    password: str | None = None
    code: str | None = None


class Policy(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT /api/v1/sign_in`."""

    second_step_for: list[str]


@routes.get("/api/v1/me/factors")
async def own_factors(request: web.Request) -> web.Response:
    """What one signs in with."""
    user, session, _ = await person(request, limited=True)
    store = request.app[PARTS].store
    found = await factors.factors_of(user.id, store=store)
    policy = await entry.policy_of(store)
    return answer(
        {
            "app": found.totp is not None,
            "recovery_codes": len(found.recovery),
            "passkeys": [passkeys.passkey_json(one) for one in await store.passkeys.of(user.id)],
            "is_asked": policy.asks_second_step_of(user),
            "is_limited": session.is_limited,
        }
    )


@routes.post("/api/v1/me/totp")
async def begin_totp(request: web.Request) -> web.Response:
    """Begin with an authenticator app: what it must be told."""
    user, session, _ = await person(request, limited=True, proved=True)
    parts = request.app[PARTS]
    return answer(await factors.begin(user, session, vault=parts.vault, store=parts.store))


@routes.post("/api/v1/me/totp/confirm")
async def confirm_totp(request: web.Request) -> web.Response:
    """Show that the app has understood; the recovery codes, once."""
    user, session, who = await person(request, limited=True)
    parts, body = request.app[PARTS], await body_of(request, Code)
    codes = await factors.confirm(
        user, session, body.code, who, vault=parts.vault, store=parts.store, clock=parts.clock
    )
    await request.app[SIGNED_OUT](user.id)
    return answer({"recovery_codes": codes})


@routes.post("/api/v1/me/recovery_codes")
async def renew_codes(request: web.Request) -> web.Response:
    """New recovery codes, shown once; the old ones are void."""
    user, _, who = await person(request, proved=True)
    parts = request.app[PARTS]
    codes = await factors.renew_codes(user, who, store=parts.store, clock=parts.clock)
    return answer({"recovery_codes": codes})


@routes.delete("/api/v1/me/totp")
async def remove_totp(request: web.Request) -> web.Response:
    """Do without the authenticator app."""
    user, _, who = await person(request, proved=True)
    parts = request.app[PARTS]
    await factors.remove(user, who, store=parts.store, clock=parts.clock)
    return web.Response(status=204)


@routes.post("/api/v1/me/prove")
async def prove(request: web.Request) -> web.Response:
    """Show that it is still oneself, before something delicate is changed."""
    user, session, _ = await person(request, limited=True)
    parts, body = request.app[PARTS], await body_of(request, Proof)
    await entry.prove(
        user,
        session,
        password=body.password,
        code=body.code,
        vault=parts.vault,
        store=parts.store,
        clock=parts.clock,
    )
    return web.Response(status=204)


@routes.get("/api/v1/sign_in")
async def read_policy(request: web.Request) -> web.Response:
    """What is asked of those who sign in."""
    await allowed(request, ADMIN)
    return answer({"second_step_for": (await entry.policy_of(request.app[PARTS].store)).second_step_for})


@routes.put("/api/v1/sign_in")
async def change_policy(request: web.Request) -> web.Response:
    """Ask a second step of some roles."""
    principal = await allowed_surely(request, ADMIN)
    parts, body = request.app[PARTS], await body_of(request, Policy)
    known = [role["id"] for role in await roles.all_roles(principal, store=parts.store)]
    if strange := [role for role in body.second_step_for if role not in known]:
        raise Invalid(f"There is no role {strange[0]}.")
    found = await signed_in(request, parts) if principal.is_user else None
    asked = await entry.ask_second_step(
        body.second_step_for, found and found[1], principal, store=parts.store, clock=parts.clock
    )
    for user_id in asked:
        await request.app[SIGNED_OUT](user_id)
    return answer({"second_step_for": body.second_step_for})


@routes.post("/api/v1/people/{id}/reset_factors")
async def reset_factors(request: web.Request) -> web.Response:
    """Let a colleague who lost their phone set up a second step anew."""
    principal = await allowed_surely(request, ADMIN)
    parts, user_id = request.app[PARTS], request.match_info["id"]
    await factors.reset(user_id, principal, store=parts.store, clock=parts.clock)
    await request.app[SIGNED_OUT](user_id)
    return web.Response(status=204)
