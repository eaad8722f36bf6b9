"""The pages: signing in, the inbox, the widget, the demo shop."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from connectors.registry import MEDIA
from inbox import wire
from inbox.actions.errors import Forbidden, TooMany
from inbox.actions.people import SESSION, sign_in, sign_out
from inbox.http.auth import address_of, cookie_name, device_in, is_https, is_same_site, set_cookie, signed_in
from inbox.http.bodies import form_of
from inbox.http.errors import nonce_of, policy
from inbox.http.files import STATIC, WEB, asset, served, version
from inbox.model.people import ADMIN, PERMISSIONS, READ, STUDIO
from inbox.model.secrets import are_same
from inbox.parts import PARTS

SIGNED_OUT: web.AppKey[Callable[[str], Awaitable[None]]] = web.AppKey("signed_out")
"""Called with a user's id when a session of theirs has ended, so that its live connections end too."""

PERSON = "/human_handoff"
"""The payload by which a customer asks the bot for a person, in any language."""

_LOGIN_COOKIE = "parley_login"

_FOR = {
    ADMIN: "This page is for admins.",
    READ: "This page is for agents.",
    STUDIO: "This page is for those who design the bot.",
}

routes = web.RouteTableDef()

_templates = Environment(
    loader=FileSystemLoader(WEB / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page from its template. `nonce`, `asset`, `version`, `channel_media` are there for all."""
    text = _templates.get_template(template).render(
        nonce=nonce_of(request), asset=asset, version=version(), channel_media=MEDIA, **context
    )
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def rendered(template: str, **context: Any) -> str:
    """A document that stands by itself, from its template."""
    return _templates.get_template(template).render(**context)


@routes.get("/login")
async def login_page(request: web.Request) -> web.Response:
    """The form to sign in."""
    return _login(request, error=None)


def _login(request: web.Request, *, error: str | None, status: int = 200, email: str = "") -> web.Response:
    token = request.cookies.get(_LOGIN_COOKIE) or secrets.token_urlsafe(24)
    answer = page(
        request,
        "login.html",
        status=status,
        csrf_token=token,
        error=error,
        email=email,
        next=_local(request.query.get("next")),
    )
    set_cookie(answer, _LOGIN_COOKIE, token, request.app[PARTS].settings, 3600)
    return answer


@routes.post("/login")
async def login(request: web.Request) -> web.Response:
    """Sign in, then go where one wanted to go."""
    parts = request.app[PARTS]
    form = await form_of(request)
    email, password = form.get("email", ""), form.get("password", "")
    token = request.cookies.get(_LOGIN_COOKIE, "")
    if not token or not are_same(form.get("csrf_token", ""), token) or not is_same_site(request):
        return _login(request, error="The page was out of date. Please try again.", status=403, email=email)
    try:
        found = await sign_in(
            email,
            password,
            address_of(request),
            store=parts.store,
            clock=parts.clock,
            device=device_in(request),
        )
    except TooMany as error:
        return _login(request, error=str(error), status=429, email=email)
    if found is None:
        return _login(request, error="The address or the password is wrong.", status=401, email=email)
    answer = web.Response(status=303, headers={"Location": _local(form.get("next"))})
    age = int(SESSION.total_seconds())
    set_cookie(answer, cookie_name(parts.settings), found[1], parts.settings, age)
    answer.del_cookie(_LOGIN_COOKIE, path="/")
    return answer


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


@routes.get("/")
async def inbox(request: web.Request) -> web.Response:
    """The inbox; who may not read there but teaches the bot finds the studio instead."""
    found = await signed_in(request, request.app[PARTS])
    if found and READ not in PERMISSIONS[found[0].role]:
        return web.Response(status=303, headers={"Location": "/studio"})
    return await _for_people(request, "inbox.html")


@routes.get("/studio")
@routes.get("/studio/{path:.*}")
async def studio(request: web.Request) -> web.Response:
    """Where the bot is taught, for designers and admins; the page itself knows what `path` shows."""
    return await _for_people(request, "studio.html", permission=STUDIO)


@routes.get("/settings")
@routes.get("/settings/{part:[a-z-]+}")
async def settings(request: web.Request) -> web.Response:
    """Channels, saved replies, quarantine and dead letters, for admins; `part` is scrolled to."""
    return await _for_people(request, "admin.html", permission=ADMIN)


@routes.get("/account")
async def account(request: web.Request) -> web.Response:
    """How one signs in oneself, and where one is signed in."""
    return await _for_people(request, "account.html")


@routes.get("/contacts")
async def contacts(request: web.Request) -> web.Response:
    """The contacts."""
    return await _for_people(request, "contacts.html", permission=READ)


async def _for_people(request: web.Request, template: str, permission: str | None = None) -> web.Response:
    found = await signed_in(request, request.app[PARTS])
    if found is None:
        query = "" if request.path == "/" else f"?next={request.path}"
        return web.Response(status=303, headers={"Location": f"/login{query}"})
    user, session = found
    if permission and permission not in PERMISSIONS[user.role]:
        return page(request, "error.html", status=403, title="Not allowed", detail=_FOR[permission])
    rehearsal = request.app[PARTS].settings.rehearsal
    return page(request, template, user=wire.user_json(user), csrf_token=session.csrf, rehearsal=rehearsal)


@routes.get("/widget.js")
async def loader(request: web.Request) -> web.StreamResponse:
    """The one script tag that a site embeds."""
    headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return served(request, STATIC / "widget" / "loader.js", headers)


@routes.get("/widget/{channel_id}")
async def widget(request: web.Request) -> web.Response:
    """The chat itself, for the iframe on a site that the channel allows."""
    line = await request.app[PARTS].lines.get(request.match_info["channel_id"])
    if line is None or line.channel.kind != "webchat":
        raise web.HTTPNotFound(text="There is no such web chat.")
    chosen = line.channel.settings
    channel = {
        "id": line.channel.id,
        "title": chosen["title"],
        "greeting": chosen["greeting"],
        "person_payload": PERSON,
    }
    answer = page(request, "widget.html", channel=channel)
    ancestors = " ".join(origin for origin in chosen["origins"].split() if _is_origin(origin)) or "'none'"
    nonce = nonce_of(request)
    answer.headers["Content-Security-Policy"] = policy(nonce, ancestors=ancestors, images="https:")
    answer.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return answer


@routes.get("/demo")
async def demo(request: web.Request) -> web.Response:
    """A shop's page with the widget on it."""
    return page(request, "demo.html")


def _is_origin(origin: str) -> bool:
    if origin == "*":
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.path.strip("/")


def _local(path: str | None) -> str:
    """A path of ours to go on to; the inbox for anything that could lead elsewhere."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    return path
