"""Signing in by SAML 2.0: to the organisation's provider, and back again."""

from aiohttp import web

from inbox.actions import saml
from inbox.actions.audit import nobody
from inbox.actions.errors import Invalid
from inbox.actions.saml_metadata import metadata_of
from inbox.actions.saml_words import Us
from inbox.actions.vouched import BY
from inbox.http.auth import coming_from, set_cookie
from inbox.http.bodies import form_of
from inbox.http.login import let_in, local, login_form
from inbox.http.pages import SIGNED_OUT
from inbox.http.sso_login import office_of
from inbox.model.people import User
from inbox.parts import PARTS, Parts

_COOKIE = "parley_saml"
_BACK = "/login/saml/back"
METADATA = "/login/saml/metadata"

routes = web.RouteTableDef()


@routes.get(METADATA)
async def metadata(request: web.Request) -> web.Response:
    """What the provider's admin is to know of us; there is nothing secret in it."""
    described = metadata_of(us_of(request.app[PARTS]))
    return web.Response(body=described, content_type="application/samlmetadata+xml")


@routes.get("/login/saml")
async def begin(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    parts, to = request.app[PARTS], local(request.query.get("next"))
    try:
        address, cookie = await saml.begin(office_of(parts), us_of(parts), to)
    except Invalid as error:
        return await login_form(request, to=to, error=str(error), status=422)
    answer = web.Response(status=303, headers={"Location": address})
    set_cookie(answer, _COOKIE, cookie, parts.settings, 600)
    return answer


@routes.post(_BACK)
async def receive(request: web.Request) -> web.Response:
    """Take the provider's answer, which its page has this browser post here."""
    parts, visitor, form = request.app[PARTS], coming_from(nobody(""), request), await form_of(request)
    given = form.get("SAMLResponse", "")
    try:
        found = await saml.receive(office_of(parts), us_of(parts), visitor, given)
    except Invalid as error:
        return await login_form(request, to="/", error=str(error), status=422)
    if isinstance(found, User):
        return await _in(request, found, form.get("RelayState", ""))
    return web.Response(status=303, headers={"Location": f"{_BACK}?ticket={found}"})


@routes.get(_BACK)
async def finish(request: web.Request) -> web.Response:
    """Let in whom the provider has answered for, if it is this browser that had asked."""
    parts, visitor = request.app[PARTS], coming_from(nobody(""), request)
    cookie, ticket = request.cookies.get(_COOKIE, ""), request.query.get("ticket", "")
    try:
        user, to = await saml.finish(office_of(parts), visitor, cookie, ticket)
    except Invalid as error:
        return await login_form(request, to="/", error=str(error), status=422)
    answer = await _in(request, user, to)
    answer.del_cookie(_COOKIE, path="/")
    return answer


async def _in(request: web.Request, user: User, to: str) -> web.Response:
    await request.app[SIGNED_OUT](user.id)  # their groups may have made it another role
    return await let_in(request, user, local(to), by=BY, is_strong=True)


def us_of(parts: Parts) -> Us:
    """What we are to the provider."""
    ours = parts.settings.public_url
    return Us(entity_id=ours + METADATA, back=ours + _BACK)
