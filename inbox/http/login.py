"""The page to sign in, and the way in and out."""

import secrets

from aiohttp import web

from inbox.actions.errors import Forbidden, TooMany
from inbox.actions.lockout import KNOWN_FOR, Visit, known_browser
from inbox.actions.people import SESSION, open_session, sign_in, sign_out
from inbox.http.auth import (
    address_of,
    cookie_name,
    device_in,
    is_https,
    is_same_site,
    set_cookie,
    signed_in,
)
from inbox.http.bodies import form_of
from inbox.http.pages import SIGNED_OUT, page
from inbox.model.people import User
from inbox.model.secrets import are_same
from inbox.parts import PARTS

_LOGIN_COOKIE = "parley_login"
_KNOWN_COOKIE = "parley_known"

routes = web.RouteTableDef()


@routes.get("/login")
async def login_page(request: web.Request) -> web.Response:
    """The form to sign in."""
    return _login(request, to=local(request.query.get("next")))


def _login(
    request: web.Request,
    *,
    to: str,
    error: str | None = None,
    status: int = 200,
    email: str = "",
    retry_after: int | None = None,
) -> web.Response:
    token = request.cookies.get(_LOGIN_COOKIE) or secrets.token_urlsafe(24)
    words = {"csrf_token": token, "error": error, "email": email, "next": to}
    answer = page(request, "login.html", status=status, **words)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    set_cookie(answer, _LOGIN_COOKIE, token, request.app[PARTS].settings, 3600)
    return answer


@routes.post("/login")
async def login(request: web.Request) -> web.Response:
    """Sign in, then go where one wanted to go."""
    parts = request.app[PARTS]
    form = await form_of(request)
    email, to = form.get("email", ""), local(form.get("next"))
    token = request.cookies.get(_LOGIN_COOKIE, "")
    if not token or not are_same(form.get("csrf_token", ""), token) or not is_same_site(request):
        old = "The page was out of date. Please try again."
        return _login(request, to=to, error=old, status=403, email=email)
    try:
        user = await sign_in(
            email,
            form.get("password", ""),
            visit_of(request),
            store=parts.store,
            clock=parts.clock,
            tickets=parts.links,
        )
    except TooMany as error:
        wait = error.retry_after
        return _login(request, to=to, error=str(error), status=429, email=email, retry_after=wait)
    if user is None:
        wrong = "The address or the password is wrong."
        return _login(request, to=to, error=wrong, status=401, email=email)
    return await let_in(request, user, to)


async def let_in(request: web.Request, user: User, to: str) -> web.Response:
    """Open a session for a user who has shown who they are, and send the browser on."""
    parts = request.app[PARTS]
    visit = visit_of(request)
    cookie = await open_session(
        user, store=parts.store, clock=parts.clock, device=visit.device, address=visit.address
    )
    answer = web.Response(status=303, headers={"Location": to})
    age = int(SESSION.total_seconds())
    set_cookie(answer, cookie_name(parts.settings), cookie, parts.settings, age)
    known = known_browser(user, tickets=parts.links, clock=parts.clock)
    set_cookie(answer, _KNOWN_COOKIE, known, parts.settings, int(KNOWN_FOR.total_seconds()))
    answer.del_cookie(_LOGIN_COOKIE, path="/")
    return answer


def visit_of(request: web.Request) -> Visit:
    """Where a request to be let in comes from."""
    return Visit(address_of(request), device_in(request), request.cookies.get(_KNOWN_COOKIE, ""))


@routes.post("/logout")
async def logout(request: web.Request) -> web.Response:
    """Sign out. The form carries the session's CSRF token."""
    parts = request.app[PARTS]
    found = await signed_in(request, parts)
    form = await form_of(request)
    answer = web.Response(status=303, headers={"Location": "/login"})
    if found:
        if not are_same(form.get("csrf_token", ""), found[1].csrf):
            raise Forbidden("The page is out of date. Load it again.")
        await sign_out(found[1], store=parts.store)
        await request.app[SIGNED_OUT](found[0].id)
    answer.del_cookie(cookie_name(parts.settings), path="/", secure=is_https(parts.settings))
    return answer


def local(path: str | None) -> str:
    """A path of ours to go on to; the inbox for anything that could lead elsewhere."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    return path
