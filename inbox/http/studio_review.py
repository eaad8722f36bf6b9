"""`/api/v1/studio/review`: what customers wrote, to be taught or not."""

from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import audit
from inbox.actions.errors import ActionRefused, Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of, number
from inbox.http.editions import edition_of
from inbox.http.studio_data import project_of
from inbox.http.studio_edits import studio_of
from inbox.model.people import READ, STUDIO
from inbox.model.review import Review
from inbox.parts import PARTS, Parts
from inbox.studio.markup import BadMarkup, Entity, marked
from inbox.teaching import reviewing
from inbox.teaching.clusters import Cluster, Said
from inbox.teaching.reviewing import Deed

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/review"
_MOST = 50


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """A cluster and what is to become of it."""

    keys: list[str]
    examples: list[str]
    intent: str | None = None


class Decide(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/teach` and `…/dismiss`: many at once."""

    items: list[Item]


@routes.get(_ALL)
async def queue(request: web.Request) -> web.Response:
    """The most useful clusters first, and the intents that there are."""
    principal = await allowed(request, STUDIO)
    parts = request.app[PARTS]
    limit = number(request, "limit", 50, least=1, most=200) or 50
    edition = await edition_of(request)
    found, total = await reviewing.queue(parts.teaching, principal, limit, edition)
    return answer(
        {
            "items": [cluster_json(cluster) for cluster in found],
            "total": total,
            "intents": await intents_of(parts, edition),
            "may_unmask": principal.may(READ),
        }
    )


@routes.post(_ALL + "/teach")
async def teach(request: web.Request) -> web.Response:
    """Teach each item its intent."""
    principal, items = await _asked(request)
    parts = request.app[PARTS]
    studio = await studio_of(request)
    told = [await _tried(reviewing.teach(parts.teaching, studio, principal, deed)) for deed in items]
    return answer({"items": told})


@routes.post(_ALL + "/dismiss")
async def dismiss(request: web.Request) -> web.Response:
    """Teach nothing by them."""
    principal, items = await _asked(request)
    teaching, edition = request.app[PARTS].teaching, await edition_of(request)
    told = [await _tried(reviewing.dismiss(teaching, principal, deed, edition)) for deed in items]
    return answer({"items": told})


@routes.get(_ALL + "/history")
async def history(request: web.Request) -> web.Response:
    """What was decided, the newest first."""
    await allowed(request, STUDIO)
    found = await request.app[PARTS].store.reviews.newest(50, await edition_of(request))
    return answer({"items": [review_json(review) for review in found]})


@routes.post(_ALL + "/{id}/undo")
async def undo(request: web.Request) -> web.Response:
    """Take a verdict back."""
    parts = request.app[PARTS]
    principal = await allowed(request, STUDIO)
    await reviewing.take_back(parts.teaching, await studio_of(request), principal, request.match_info["id"])
    return web.Response(status=204)


@routes.get(_ALL + "/messages/{id}")
async def unmask(request: web.Request) -> web.Response:
    """What a customer really wrote, for those who may read conversations, too."""
    principal = await allowed(request, STUDIO)
    parts, message_id = request.app[PARTS], request.match_info["id"]
    text = await reviewing.unmasked(parts.teaching, principal, message_id)
    at = f"message:{message_id}"
    await audit.note(principal, "message.unmasked", at, store=parts.store, clock=parts.clock)
    return answer({"text": text})


async def intents_of(parts: Parts, edition: str | None) -> list[str]:
    """The names of all intents of an edition."""
    found = await project_of(parts, edition)
    return sorted({each.name for each in found.of("intent")})


def cluster_json(cluster: Cluster) -> dict[str, Any]:
    """A cluster as the page sees it."""
    said = cluster.said
    return {
        "key": cluster.key,
        "message_id": said.message_id,
        "text": said.text,
        "example": _example(said),
        "texts": [{"key": key, "text": text, "count": count} for key, text, count in cluster.texts],
        "count": cluster.count,
        "intent": said.intent,
        "confidence": round(said.confidence, 4),
        "ranking": [{"name": name, "confidence": round(share, 4)} for name, share in said.ranking],
        "handoffs": cluster.handoffs,
        "worth": round(cluster.worth, 3),
        "corrections": [{"intent": intent, "by": by} for intent, by in cluster.corrections],
        "last_at": wire.moment(cluster.last_at),
    }


def review_json(review: Review) -> dict[str, Any]:
    """A verdict as the page sees it."""
    plain: dict[str, Any] = msgspec.to_builtins(review)
    return plain | {"at": wire.moment(review.at)}


def _example(said: Said) -> str:
    """The text with what the bot learnt to find in it marked."""
    entities = [Entity(e["start"], e["end"], e["entity"]) for e in said.entities]
    try:
        return marked(said.text, entities)
    except BadMarkup:
        return said.text


async def _asked(request: web.Request) -> tuple[Any, list[Deed]]:
    principal = await allowed(request, STUDIO)
    body = await body_of(request, Decide)
    if not 1 <= len(body.items) <= _MOST:
        raise Invalid(f"1 to {_MOST} items at once.")
    return principal, [Deed(tuple(i.keys), tuple(i.examples), i.intent) for i in body.items]


async def _tried(work: Any) -> dict[str, Any]:
    """What became of one item; the failure of one keeps no other from its turn."""
    try:
        return {"review": review_json(await work)}
    except ActionRefused as error:
        return {"error": str(error), "code": error.code}
