"""`/api/v1/messages/{id}/intent` and `/api/v1/intents`: agents correct what the bot understood."""

import msgspec
from aiohttp import web

from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.http.studio_review import intents_of
from inbox.model.people import READ
from inbox.parts import PARTS
from inbox.teaching import reviewing

routes = web.RouteTableDef()


class Means(msgspec.Struct, forbid_unknown_fields=True):
    """What the message means."""

    intent: str


@routes.get("/api/v1/intents")
async def intents(request: web.Request) -> web.Response:
    """What the bot can be taught that a message means."""
    await allowed(request, READ)
    return answer({"items": await intents_of(request.app[PARTS], None)})


@routes.get("/api/v1/messages/{id}/intents")
async def intents_of_message(request: web.Request) -> web.Response:
    """The same of the edition by which a customer's message was read."""
    principal = await allowed(request, READ)
    parts = request.app[PARTS]
    edition = await reviewing.read_by(parts.store, principal, request.match_info["id"])
    return answer({"items": await intents_of(parts, edition)})


@routes.post("/api/v1/messages/{id}/intent")
async def correct(request: web.Request) -> web.Response:
    """Propose to the designers what a customer's message means."""
    principal = await who(request)
    body = await body_of(request, Means)
    parts = request.app[PARTS]
    proposal = await reviewing.propose(
        parts.store, parts.teaching, principal, request.match_info["id"], body.intent
    )
    return answer({"message_id": proposal.id, "intent": proposal.intent, "by": proposal.by.name}, 201)
