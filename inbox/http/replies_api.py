"""`/api/v1/saved_replies`."""

import msgspec
from aiohttp import web

from inbox.actions import replies
from inbox.actions.errors import NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.model.people import READ, WRITE
from inbox.model.replies import NAMES
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/saved_replies"


class Reply(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    shortcut: str
    title: str
    text: str
    folder: str = ""
    language: str | None = None
    team_ids: list[str] = []


class For(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/fill_in`."""

    conversation_id: str


@routes.get(_ALL)
async def list_replies(request: web.Request) -> web.Response:
    """Every saved reply, by folder and shortcut, and what can be filled in."""
    await allowed(request, READ)
    found = await request.app[PARTS].store.replies.list(sort="shortcut", limit=2_000)
    items = [replies.reply_json(r) for r in sorted(found, key=lambda r: (r.folder, r.shortcut))]
    return answer({"items": items, "names": NAMES})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Keep a new one."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Reply)
    saved = await replies.save(request.app[PARTS].desk, principal, **msgspec.structs.asdict(body))
    return answer(replies.reply_json(saved), 201)


@routes.get(_ALL + "/{id}")
async def show(request: web.Request) -> web.Response:
    """One."""
    await allowed(request, READ)
    found = await request.app[PARTS].store.replies.get(request.match_info["id"])
    if found is None:
        raise NotFound("There is no such reply.")
    return answer(replies.reply_json(found))


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Change one."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, Reply)
    saved = await replies.save(
        request.app[PARTS].desk, principal, reply_id=request.match_info["id"], **msgspec.structs.asdict(body)
    )
    return answer(replies.reply_json(saved))


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete one."""
    await replies.drop(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


@routes.post(_ALL + "/{id}/fill_in")
async def fill_in(request: web.Request) -> web.Response:
    """The text for a conversation."""
    principal = await who(request)
    body = await body_of(request, For)
    desk = request.app[PARTS].desk
    text = await replies.filled(desk, principal, request.match_info["id"], body.conversation_id)
    return answer({"text": text})
