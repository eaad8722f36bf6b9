"""The pages: the inbox, the studio, the settings, the widget, the demo shop."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from connectors.registry import MEDIA
from inbox import wire
from inbox.actions.roles import asking
from inbox.http.auth import signed_in
from inbox.http.errors import nonce_of, policy
from inbox.http.files import STATIC, WEB, asset, served, version
from inbox.http.languages import words_for
from inbox.model.people import ADMIN, AUDIT, CAMPAIGNS, READ, STUDIO
from inbox.parts import PARTS

SIGNED_OUT: web.AppKey[Callable[[str], Awaitable[None]]] = web.AppKey("signed_out")
"""Called with a user's id when a session of theirs has ended, so that its live connections end too."""

PERSON = "/human_handoff"
"""The payload by which a customer asks the bot for a person, in any language."""

_FOR = {
    ADMIN: "This page is for admins.",
    READ: "This page is for agents.",
    CAMPAIGNS: "This page is for those who run campaigns.",
    AUDIT: "This page is for admins and auditors.",
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


def page(
    request: web.Request, template: str, *, status: int = 200, language: str | None = None, **context: Any
) -> web.Response:
    """A page from its template, which has `nonce`, `asset`, `version`, `channel_media`, `words` and `_` too.

    `language` is the one that the reader chose; without, their browser says.
    """
    words = words_for(request, language)
    shared = {"nonce": nonce_of(request), "asset": asset, "version": version(), "channel_media": MEDIA}
    text = _templates.get_template(template).render(words=words, _=words.say, **shared, **context)
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def rendered(template: str, **context: Any) -> str:
    """A document that stands by itself, from its template."""
    return _templates.get_template(template).render(**context)


@routes.get("/")
async def inbox(request: web.Request) -> web.Response:
    """The inbox; who may not read there but teaches the bot finds the studio instead."""
    found = await signed_in(request, request.app[PARTS])
    who = await asking(found[0], store=request.app[PARTS].store) if found else None
    if who and not who.may(READ):
        to = "/studio" if who.may(STUDIO) else "/settings/audit" if who.may(AUDIT) else "/account"
        return web.Response(status=303, headers={"Location": to})
    return await _for_people(request, "inbox.html")


@routes.get("/studio")
@routes.get("/studio/{path:.*}")
async def studio(request: web.Request) -> web.Response:
    """Where the bot is taught, for designers and admins; the page itself knows what `path` shows."""
    return await _for_people(request, "studio.html", permission=STUDIO)


@routes.get("/settings")
@routes.get("/settings/{part:[a-z-]+}")
async def settings(request: web.Request) -> web.Response:
    """How everything is set up, for admins; the page itself knows what `part` shows."""
    part = request.match_info.get("part")
    return await _for_people(request, "settings.html", permission=AUDIT if part == "audit" else ADMIN)


@routes.get("/account")
async def account(request: web.Request) -> web.Response:
    """How one signs in oneself, and where one is signed in."""
    return await _for_people(request, "account.html")


@routes.get("/push-worker.js")
async def push_worker(request: web.Request) -> web.StreamResponse:
    """The service worker, at the root, so that it may speak for every page."""
    path = STATIC / "push" / "worker.js"
    return web.FileResponse(path, headers={"Content-Type": "text/javascript", "Cache-Control": "no-cache"})


@routes.get("/contacts")
async def contacts(request: web.Request) -> web.Response:
    """The contacts."""
    return await _for_people(request, "contacts.html", permission=READ)


@routes.get("/campaigns")
async def campaigns(request: web.Request) -> web.Response:
    """One message to many customers; the page itself knows which one is shown."""
    return await _for_people(request, "campaigns.html", permission=CAMPAIGNS)


@routes.get("/reports")
async def reports(request: web.Request) -> web.Response:
    """How much was written, who answered it, and how long customers waited."""
    return await _for_people(request, "reports.html", permission=READ)


async def _for_people(request: web.Request, template: str, permission: str | None = None) -> web.Response:
    found = await signed_in(request, request.app[PARTS], limited=True)
    if found and found[1].is_limited and request.path != "/account":
        return web.Response(status=303, headers={"Location": "/account"})
    if found is None:
        query = "" if request.path == "/" else f"?next={quote(request.path)}"
        return web.Response(status=303, headers={"Location": f"/login{query}"})
    user, session = found
    who = await asking(user, store=request.app[PARTS].store)
    if permission and not who.may(permission):
        detail, language = _FOR[permission], user.language
        return page(request, "error.html", status=403, language=language, title="Not allowed", detail=detail)
    settings = request.app[PARTS].settings
    shown = {**wire.user_json(user), "permissions": sorted(who.permissions)}
    return page(
        request,
        template,
        language=user.language,
        user=shown,
        csrf_token=session.csrf,
        rehearsal=settings.rehearsal,
        longest=settings.max_text,
        limited=session.is_limited,
    )


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
