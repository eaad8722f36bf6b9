"""`/api/v1/me/…` and drafts: what is one's own and nobody else's."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import drafts, mentions
from inbox.actions.people import set_language
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import Language, body_of
from inbox.model.draft import KeptDraft
from inbox.model.people import READ
from inbox.parts import PARTS

routes = web.RouteTableDef()

TELL_DRAFT: web.AppKey[Callable[[str, dict[str, Any]], Awaitable[None]]] = web.AppKey("tell_draft")
"""Tells all pages of a user what they have begun to write."""


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT …/draft`."""

    reply: str = ""
    note: str = ""
    mode: str = "reply"


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/mentions/seen`."""

    upto: str


@routes.get("/api/v1/me/drafts")
async def list_drafts(request: web.Request) -> web.Response:
    """One's drafts, the newest first."""
    principal = await allowed(request, READ)
    found = await drafts.of(request.app[PARTS].desk, principal)
    return answer({"items": [draft_json(each) for each in found]})


@routes.put("/api/v1/conversations/{id}/draft")
async def keep_draft(request: web.Request) -> web.Response:
    """Keep what one has begun to write."""
    principal = await who(request)
    body = await body_of(request, Draft)
    desk, at = request.app[PARTS].desk, request.match_info["id"]
    kept = await drafts.keep(desk, at, principal, reply=body.reply, note=body.note, mode=body.mode)
    none = {"conversation_id": at, "reply": "", "note": "", "mode": "reply", "at": None}
    await request.app[TELL_DRAFT](principal.id, draft_json(kept) if kept else none)
    return answer(draft_json(kept)) if kept else web.Response(status=204)


@routes.get("/api/v1/me/mentions")
async def list_mentions(request: web.Request) -> web.Response:
    """Notes that name one, the newest first."""
    principal = await allowed(request, READ)
    found, upto = await mentions.of(request.app[PARTS].desk, principal)
    return answer({"items": [wire.mention_json(m) for m in found], "seen": upto})


@routes.post("/api/v1/me/mentions/seen")
async def see_mentions(request: web.Request) -> web.Response:
    """One has seen them."""
    principal = await allowed(request, READ)
    body = await body_of(request, Seen)
    await mentions.seen(request.app[PARTS].desk, principal, upto=body.upto)
    return web.Response(status=204)


@routes.put("/api/v1/me/language")
async def choose(request: web.Request) -> web.Response:
    """Choose the language of one's pages; null leaves it to the browser again."""
    principal = await who(request)
    body = await body_of(request, Language)
    await set_language(principal, body.language, store=request.app[PARTS].store)
    return answer({"language": body.language})


def draft_json(draft: KeptDraft) -> dict[str, Any]:
    """A draft as its author's pages see it."""
    return {
        "conversation_id": draft.conversation_id,
        "reply": draft.reply,
        "note": draft.note,
        "mode": draft.mode,
        "at": wire.moment(draft.at),
    }
