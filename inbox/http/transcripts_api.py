"""One message by its id, and a conversation as a file."""

from collections.abc import AsyncIterator

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import transcripts
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.downloads import download
from inbox.model.conversation import Conversation
from inbox.model.people import READ
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()

_AT_ONCE = 500


@routes.get("/api/v1/messages/{id}")
async def show(request: web.Request) -> web.Response:
    """A message."""
    principal = await allowed(request, READ)
    message = await transcripts.message(request.app[PARTS].desk, principal, request.match_info["id"])
    return answer(wire.message_json(message))


@routes.get("/api/v1/conversations/{id}/export")
async def export(request: web.Request) -> web.StreamResponse:
    """A conversation as JSON lines: itself, then its messages, the oldest first, with our own notes.

    A file that breaks off ends without its last chunk.
    """
    principal, parts = await allowed(request, READ), request.app[PARTS]
    conversation = await transcripts.taken_out(parts.desk, principal, request.match_info["id"])
    name = f"conversation-{conversation.id}.jsonl"
    return await download(
        request, _pieces(parts, conversation), kind="application/x-ndjson; charset=utf-8", name=name
    )


async def _pieces(parts: Parts, conversation: Conversation) -> AsyncIterator[bytes]:
    lines = msgspec.json.Encoder()
    yield lines.encode_lines([{"conversation": wire.conversation_json(conversation)}])
    after = 0
    while found := await parts.store.messages.since_seq(conversation.id, after, _AT_ONCE):
        yield lines.encode_lines([{"message": wire.message_json(message)} for message in found])
        after = found[-1].seq
