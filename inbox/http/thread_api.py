"""`/api/v1/conversations/{id}/…`: places in a thread, found by words or by day."""

from datetime import datetime
from typing import Any

from aiohttp import web

from inbox import wire
from inbox.actions.access import opened
from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.lists import messages_with
from inbox.model.people import READ
from inbox.model.said import excerpt, said_in
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/conversations/{id}"
_FOUND = 200


@routes.get(_AT + "/search")
async def search(request: web.Request) -> web.Response:
    """Messages of a conversation with these words, the newest first."""
    principal, parts = await allowed(request, READ), request.app[PARTS]
    store = parts.store
    at = (await opened(principal, request.match_info["id"], store=store, clock=parts.clock)).id
    words = request.query.get("q", "").strip()[:100]
    if not words:
        raise Invalid("q must say what to look for.")
    hits = await messages_with(words, store, _FOUND, at)
    found = await store.findings.messages_of([message_id for message_id, _ in hits])
    items: list[dict[str, Any]] = []
    for one in sorted(found, key=lambda each: each.id, reverse=True):
        shown = excerpt(said_in(one.content), words)
        place = {"message_id": one.id, "seq": one.seq, "at": wire.moment(one.at)}
        items.append({**place, "text": shown.text, "marks": shown.marks})
    return answer({"items": items})


@routes.get(_AT + "/place")
async def place(request: web.Request) -> web.Response:
    """The first message at a moment or after it."""
    principal, parts = await allowed(request, READ), request.app[PARTS]
    store = parts.store
    at = (await opened(principal, request.match_info["id"], store=store, clock=parts.clock)).id
    try:
        moment = datetime.fromisoformat(request.query.get("at", ""))
    except ValueError as error:
        raise Invalid("at must be a time such as 2026-12-24T09:00:00+01:00.") from error
    if moment.tzinfo is None:
        raise Invalid("at must have a time zone, such as 2026-12-24T09:00:00+01:00.")
    found = await store.messages.first_after(at, moment)
    return answer({"seq": found.seq if found else None, "message_id": found.id if found else None})
