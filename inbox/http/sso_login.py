"""Signing in by an organisation's own provider: there, and back again."""

from aiohttp import web

from inbox.actions import single_sign_on
from inbox.actions.audit import nobody
from inbox.actions.errors import Invalid
from inbox.actions.vouched import BY, Office
from inbox.http.auth import coming_from, set_cookie
from inbox.http.login import let_in, local, login_form
from inbox.parts import PARTS, Parts

_COOKIE = "parley_sso"
_BACK = "/login/sso/back"

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
        user, to = await single_sign_on.finish(
            office_of(parts), visitor, cookie, request.query, back_of(parts)
        )
    except Invalid as error:
        return await login_form(request, to="/", error=str(error), status=422)
    answer = await let_in(request, user, local(to), by=BY, is_strong=True, is_provided=True)
    answer.del_cookie(_COOKIE, path="/")
    return answer


def office_of(parts: Parts) -> Office:
    """What single sign-on works with."""
    return Office(parts.store, parts.clock, parts.vault, parts.outside)


def back_of(parts: Parts) -> str:
    """The address that the provider must know as ours."""
    return parts.settings.public_url + _BACK
