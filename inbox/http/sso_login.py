"""Signing in by an organisation's own provider: there, and back again."""

from aiohttp import web

from inbox.actions import single_sign_on
from inbox.actions.audit import nobody
from inbox.actions.errors import Invalid
from inbox.actions.provider_logout import end_by_provider
from inbox.actions.vouched import BY, Office
from inbox.http.auth import coming_from, set_cookie
from inbox.http.bodies import form_of
from inbox.http.login import let_in, local, login_form
from inbox.http.pages import SIGNED_OUT
from inbox.parts import PARTS, Parts

_COOKIE = "parley_sso"
_BACK = "/login/sso/back"
_OUT = "/login/sso/out"

routes = web.RouteTableDef()


@routes.get("/login/sso")
async def begin(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    parts, to = request.app[PARTS], local(request.query.get("next"))
    try:
        address, cookie = await single_sign_on.begin(office_of(parts), to, back_of(parts))
    except Invalid as error:
        return await login_form(request, to=to, error=str(error), status=422)
    answer = web.Response(status=303, headers={"Location": address})
    set_cookie(answer, _COOKIE, cookie, parts.settings, 600)
    return answer


@routes.get(_BACK)
async def finish(request: web.Request) -> web.Response:
    """Let in whom the provider sends back."""
    parts, visitor = request.app[PARTS], coming_from(nobody(""), request)
    cookie = request.cookies.get(_COOKIE, "")
    try:
        found = await single_sign_on.finish(office_of(parts), visitor, cookie, request.query, back_of(parts))
    except Invalid as error:
        return await login_form(request, to="/", error=str(error), status=422)
    await request.app[SIGNED_OUT](found.user.id)  # their groups may have made it another role
    answer = await let_in(
        request,
        found.user,
        local(found.to),
        by=BY,
        is_strong=True,
        is_provided=True,
        provider_session=found.provider_session,
    )
    answer.del_cookie(_COOKIE, path="/")
    return answer


@routes.post(_OUT)
async def sign_out(request: web.Request) -> web.Response:
    """The provider tells us that somebody has signed out there, or was (OpenID's back-channel logout)."""
    parts, visitor = request.app[PARTS], coming_from(nobody(""), request)
    token = (await form_of(request)).get("logout_token", "")
    headers = {"Cache-Control": "no-store"}
    try:
        ended = await end_by_provider(office_of(parts), visitor, token)
    except Invalid as error:
        told = {"error": "invalid_request", "error_description": str(error)}
        return web.json_response(told, status=400, headers=headers)
    for user_id in ended:
        await request.app[SIGNED_OUT](user_id)
    return web.Response(headers=headers)


def office_of(parts: Parts) -> Office:
    """What single sign-on works with."""
    return Office(parts.store, parts.clock, parts.vault, parts.outside)


def back_of(parts: Parts) -> str:
    """The address that the provider must know as ours."""
    return parts.settings.public_url + _BACK


def out_of(parts: Parts) -> str:
    """The address at which the provider may tell us that somebody has signed out there."""
    return parts.settings.public_url + _OUT
