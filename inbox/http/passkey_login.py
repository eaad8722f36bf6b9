"""Signing in by a passkey, without a password."""

from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import passkeys
from inbox.actions.errors import Forbidden, Invalid
from inbox.http.auth import is_same_site, set_cookie
from inbox.http.bodies import body_of
from inbox.http.login import hold_to_provider, let_in, local, note_refused
from inbox.parts import PARTS

_COOKIE = "parley_passkey"
_LIFE = 300

routes = web.RouteTableDef()


class Answered(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /login/passkey`: what the browser answers."""

    credential: dict[str, Any]
    next: str = "/"


@routes.post("/login/passkey/options")
async def ask(request: web.Request) -> web.Response:
    """What the browser must be told, and a cookie by which its answer is known."""
    parts = request.app[PARTS]
    if not is_same_site(request):
        raise Forbidden("This is for our own pages.")
    site = passkeys.site_of(parts.settings.public_url)
    options, cookie = await passkeys.ask(site, store=parts.store, clock=parts.clock)
    answer = web.json_response(options)
    set_cookie(answer, _COOKIE, cookie, parts.settings, _LIFE)
    return answer


@routes.post("/login/passkey")
async def login(request: web.Request) -> web.Response:
    """Let in whom the passkey belongs to. The signed challenge stands in for a CSRF token."""
    parts = request.app[PARTS]
    if not is_same_site(request):
        raise Forbidden("This is for our own pages.")
    body = await body_of(request, Answered)
    site, cookie = passkeys.site_of(parts.settings.public_url), request.cookies.get(_COOKIE, "")
    try:
        user = await passkeys.user_of(body.credential, cookie, site, store=parts.store, clock=parts.clock)
    except Invalid:
        await note_refused(request, "passkey", await passkeys.claimed(body.credential, store=parts.store))
        raise
    await hold_to_provider(request, user)
    entered = await let_in(request, user, local(body.next), by="passkey", is_strong=True)
    answer = web.json_response({"next": entered.headers["Location"]})
    for name, morsel in entered.cookies.items():
        answer.cookies[name] = morsel
    return answer
