"""The page to sign in, and the way in and out."""

import secrets
from collections.abc import Mapping

from aiohttp import web

from inbox.actions import factors, single_sign_on
from inbox.actions.audit import nobody, note
from inbox.actions.entry import CEREMONY, open_ceremony
from inbox.actions.errors import Forbidden, TooMany
from inbox.actions.lockout import KNOWN_FOR, Visit, known_browser
from inbox.actions.offers import offered
from inbox.actions.people import SESSION, open_session, sign_in, sign_out, user_at
from inbox.actions.refusals import note_refusal
from inbox.actions.roles import asking
from inbox.actions.vouched import Office
from inbox.http.auth import (
    address_of,
    coming_from,
    cookie_name,
    device_in,
    is_https,
    is_same_site,
    set_cookie,
    signed_in,
)
from inbox.http.bodies import form_of
from inbox.http.pages import SIGNED_OUT, page
from inbox.model.entry import Ceremony
from inbox.model.people import ADMIN, User
from inbox.model.secrets import are_same, digest
from inbox.parts import PARTS, Parts

LOGIN_COOKIE = "parley_login"
_KNOWN_COOKIE = "parley_known"
HALF_COOKIE = "parley_half"

OUT_OF_DATE = "The page was out of date. Please try again."

routes = web.RouteTableDef()


@routes.get("/login")
async def login_page(request: web.Request) -> web.Response:
    """The form to sign in."""
    return await login_form(request, to=local(request.query.get("next")))


async def login_form(
    request: web.Request,
    *,
    to: str,
    error: str | None = None,
    status: int = 200,
    email: str = "",
    retry_after: int | None = None,
) -> web.Response:
    """The page to sign in, with what went wrong."""
    words = {"error": error, "email": email, "next": to}
    return await _form(request, "login.html", status, retry_after, **words)


async def _code(
    request: web.Request, *, error: str | None = None, status: int = 200, retry_after: int | None = None
) -> web.Response:
    return await _form(request, "login_code.html", status, retry_after, error=error)


async def _form(
    request: web.Request, template: str, status: int, retry_after: int | None, **words: str | None
) -> web.Response:
    token = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)
    sso = await offered(request.app[PARTS].store)
    answer = page(request, template, status=status, csrf_token=token, sso=sso, **words)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    set_cookie(answer, LOGIN_COOKIE, token, request.app[PARTS].settings, 3600)
    return answer


def is_our_form(request: web.Request, form: Mapping[str, str]) -> bool:
    """Whether a form was posted from a page that we gave to this very browser."""
    token = request.cookies.get(LOGIN_COOKIE, "")
    return bool(token) and are_same(form.get("csrf_token", ""), token) and is_same_site(request)


@routes.post("/login")
async def login(request: web.Request) -> web.Response:
    """Sign in, then go where one wanted to go."""
    parts = request.app[PARTS]
    form = await form_of(request)
    email, to = form.get("email", ""), local(form.get("next"))
    if not is_our_form(request, form):
        return await login_form(request, to=to, error=OUT_OF_DATE, status=403, email=email)
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
        return await login_form(request, to=to, error=str(error), status=429, email=email, retry_after=wait)
    if user is None:
        await note_refused(request, "password", await user_at(email, store=parts.store))
        wrong = "The address or the password is wrong."
        return await login_form(request, to=to, error=wrong, status=401, email=email)
    try:
        await hold_to_provider(request, user)
    except Forbidden as error:
        return await login_form(request, to=to, error=str(error), status=403, email=email)
    if (await factors.factors_of(user.id, store=parts.store)).totp:
        return await _ask_second_step(request, user, to)
    return await let_in(request, user, to, by="password")


async def hold_to_provider(request: web.Request, user: User) -> None:
    """Raises `Forbidden` for a user who may sign in by the organisation's own provider alone."""
    store = request.app[PARTS].store
    is_held = any(offer.is_only for offer in await offered(store))
    if is_held and not (await asking(user, store=store)).may(ADMIN):
        raise Forbidden("Your account signs in by single sign-on alone.")


async def _ask_second_step(request: web.Request, user: User, to: str) -> web.Response:
    parts = request.app[PARTS]
    until = parts.clock() + CEREMONY
    half = Ceremony(id="", kind="second_step", user_id=user.id, next=to, expires_at=until)
    cookie = await open_ceremony(half, store=parts.store)
    answer = web.Response(status=303, headers={"Location": "/login/code"})
    set_cookie(answer, HALF_COOKIE, cookie, parts.settings, int(CEREMONY.total_seconds()))
    return answer


@routes.get("/login/code")
async def code_page(request: web.Request) -> web.Response:
    """The form for the second step."""
    if await _half(request) is None:
        return web.Response(status=303, headers={"Location": "/login"})
    return await _code(request)


@routes.post("/login/code")
async def check_code(request: web.Request) -> web.Response:
    """The second step: a code of the app, or a recovery code."""
    parts, form, half = request.app[PARTS], await form_of(request), await _half(request)
    user = await parts.store.users.get(half.user_id) if half and half.user_id else None
    if half is None or user is None or user.disabled:
        return web.Response(status=303, headers={"Location": "/login"})
    if not is_our_form(request, form):
        return await _code(request, error=OUT_OF_DATE, status=403)
    try:
        good = await factors.is_good(
            user, form.get("code", "")[:100], vault=parts.vault, store=parts.store, clock=parts.clock
        )
    except TooMany as error:
        return await _code(request, error=str(error), status=429, retry_after=error.retry_after)
    if not good:
        await note_refused(request, "second step", user)
        return await _code(request, error="This code is wrong, or was used already.", status=401)
    if await parts.store.ceremonies.take(half.id) is None:
        return web.Response(status=303, headers={"Location": "/login"})
    await hold_to_provider(request, user)
    return await let_in(request, user, half.next, by="second step", is_strong=True)


async def note_refused(request: web.Request, by: str, user: User | None) -> None:
    """Write down, within bounds, that whoever asks was not let in as `user`, None if nobody knows as whom."""
    parts, visitor = request.app[PARTS], coming_from(nobody(""), request)
    known = user is not None
    await note_refusal(visitor, by, store=parts.store, clock=parts.clock, user=user, known=known)


async def _half(request: web.Request) -> Ceremony | None:
    parts, cookie = request.app[PARTS], request.cookies.get(HALF_COOKIE)
    half = await parts.store.ceremonies.get(digest(cookie)) if cookie else None
    good = half and half.kind == "second_step" and half.expires_at > parts.clock()
    return half if good else None


async def let_in(
    request: web.Request,
    user: User,
    to: str,
    *,
    by: str,
    is_strong: bool = False,
    is_provided: bool = False,
    provider_session: str = "",
) -> web.Response:
    """Open a session for a user who has shown who they are, and send the browser on."""
    parts = request.app[PARTS]
    visit = visit_of(request)
    cookie = await open_session(
        user,
        store=parts.store,
        clock=parts.clock,
        device=visit.device,
        address=visit.address,
        is_strong=is_strong,
        is_provided=is_provided,
        provider_session=provider_session,
    )
    who = coming_from(await asking(user, store=parts.store), request)
    at = f"user:{user.id}"
    await note(who, "user.signed_in", at, store=parts.store, clock=parts.clock, after={"by": by})
    answer = web.Response(status=303, headers={"Location": to})
    age = int(SESSION.total_seconds())
    set_cookie(answer, cookie_name(parts.settings), cookie, parts.settings, age)
    known = known_browser(user, tickets=parts.links, clock=parts.clock)
    set_cookie(answer, _KNOWN_COOKIE, known, parts.settings, int(KNOWN_FOR.total_seconds()))
    for name in (LOGIN_COOKIE, HALF_COOKIE):
        answer.del_cookie(name, path="/")
    return answer


def visit_of(request: web.Request) -> Visit:
    """Where a request to be let in comes from."""
    return Visit(address_of(request), device_in(request), request.cookies.get(_KNOWN_COOKIE, ""))


@routes.post("/logout")
async def logout(request: web.Request) -> web.Response:
    """Sign out. The form carries the session's CSRF token."""
    parts = request.app[PARTS]
    found = await signed_in(request, parts, limited=True)
    form = await form_of(request)
    answer = web.Response(status=303, headers={"Location": "/login"})
    if found:
        if not are_same(form.get("csrf_token", ""), found[1].csrf):
            raise Forbidden("The page is out of date. Load it again.")
        await sign_out(found[1], store=parts.store)
        await request.app[SIGNED_OUT](found[0].id)
        if found[1].is_provided:
            answer = await _leave_provider(request, parts) or answer
    answer.del_cookie(cookie_name(parts.settings), path="/", secure=is_https(parts.settings))
    return answer


async def _leave_provider(request: web.Request, parts: Parts) -> web.Response | None:
    """A page that leads on to the provider to sign out there, too; None if it has no such place.

    A page, for no form of ours may lead elsewhere: that is what our Content-Security-Policy says.
    """
    office = Office(parts.store, parts.clock, parts.vault, parts.outside)
    there = await single_sign_on.leaving(office, f"{parts.settings.public_url}/login")
    return page(request, "leaving.html", there=there) if there else None


def local(path: str | None) -> str:
    """A path of ours to go on to; the inbox for anything that could lead elsewhere."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    return path
