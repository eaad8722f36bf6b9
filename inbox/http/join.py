"""`/join/{secret}`: where who was invited makes their account. Looking at it changes nothing."""

import secrets

from aiohttp import web

from inbox.actions import invitations
from inbox.actions.audit import nobody
from inbox.actions.errors import ActionRefused, AlreadyThere, Invalid, NotFound
from inbox.actions.invitations import Gone, Invited
from inbox.actions.offers import offered
from inbox.http.auth import coming_from, set_cookie
from inbox.http.bodies import form_of
from inbox.http.login import LOGIN_COOKIE, OUT_OF_DATE, is_our_form, let_in
from inbox.http.pages import page
from inbox.model.people import ADMIN
from inbox.parts import PARTS
from inbox.settings import Settings

_AT = "/join/{secret}"
_LONGEST = 100

routes = web.RouteTableDef()


def link_of(settings: Settings, secret: str) -> str:
    """The address that is given to who is invited."""
    return f"{settings.public_url}/join/{secret}"


@routes.get(_AT)
async def join_page(request: web.Request) -> web.Response:
    """The form to make one's account; what became of the link, if it makes none any more."""
    try:
        return await _form(request, await _invited(request))
    except (Gone, NotFound) as error:
        return _closed(request, error)


@routes.post(_AT)
async def join(request: web.Request) -> web.Response:
    """Make the account and sign in with it."""
    parts, form = request.app[PARTS], await form_of(request)
    name, password = form.get("name", ""), form.get("password", "")
    try:
        invited = await _invited(request)
        if not is_our_form(request, form):
            return await _form(request, invited, name=name, error=OUT_OF_DATE, status=403)
        if not await _takes_password(request, invited):
            return await _form(request, invited, status=403)
        user = await invitations.accept(
            request.match_info["secret"],
            coming_from(nobody(""), request),
            name=name,
            password=password,
            store=parts.store,
            clock=parts.clock,
        )
    except Invalid as error:
        return await _form(request, invited, name=name, error=str(error), status=422)
    except (Gone, NotFound, AlreadyThere) as error:
        return _closed(request, error)
    return _private(await let_in(request, user, "/", by="invitation"))


async def _invited(request: web.Request) -> Invited:
    parts, secret = request.app[PARTS], request.match_info["secret"]
    if len(secret) > _LONGEST:
        raise NotFound("There is no such invitation. Perhaps the link was not copied whole.")
    return await invitations.invited_by(secret, store=parts.store, clock=parts.clock)


async def _takes_password(request: web.Request, invited: Invited) -> bool:
    ways = await offered(request.app[PARTS].store)
    return not any(way.is_only for way in ways) or ADMIN in invited.permissions


async def _form(
    request: web.Request, invited: Invited, *, name: str = "", error: str | None = None, status: int = 200
) -> web.Response:
    parts, found = request.app[PARTS], invited.invitation
    token = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)
    answer = page(
        request,
        "join.html",
        status=status,
        csrf_token=token,
        error=error,
        name=name,
        email=found.email,
        inviter=found.inviter_name,
        role=invited.role,
        path=request.path,
        sso=await offered(parts.store),
        takes_password=await _takes_password(request, invited),
    )
    set_cookie(answer, LOGIN_COOKIE, token, parts.settings, 3600)
    return _private(answer)


def _closed(request: web.Request, error: ActionRefused) -> web.Response:
    return _private(
        page(
            request, "join_closed.html", status=error.status, detail=str(error), is_known=error.status != 404
        )
    )


def _private(answer: web.Response) -> web.Response:
    """No search engine keeps the address of the page, for who has it has the invitation."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
