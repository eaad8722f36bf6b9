"""`/api/v1/studio/models` and `…/publication`: the models there are, and which of them answers."""

from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.http.editions import edition_of
from inbox.model.people import STUDIO
from inbox.model.training import ModelVersion, Publication
from inbox.parts import PARTS, Parts
from inbox.teaching import publishing
from inbox.teaching.comparing import how_they_fare
from inbox.teaching.deleting import delete_model
from inbox.teaching.pruning import Use, uses

routes = web.RouteTableDef()
_MODELS = "/api/v1/studio/models"
_AT = "/api/v1/studio/publication"
_MOST = 200


class Activate(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/activate`."""

    model_id: str
    rev: int


class Canary(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/canary`."""

    model_id: str
    share: int
    rev: int


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """The revision of the publication that was looked at."""

    rev: int


def model_json(version: ModelVersion, use: Use | None) -> dict[str, Any]:
    """A model as pages see it; one with a use cannot be deleted."""
    plain: dict[str, Any] = msgspec.to_builtins(version)
    return plain | {"trained_at": wire.moment(version.trained_at), "use": use}


@routes.get(_MODELS)
async def list_models(request: web.Request) -> web.Response:
    """Every model, the newest first, which of them answers, and how many are kept."""
    await allowed(request, STUDIO)
    parts, edition = request.app[PARTS], await edition_of(request)
    versions = await parts.store.models.versions.list({"edition": edition}, sort="-_id", limit=_MOST)
    present = await parts.store.publications.present(edition)
    needed = await uses(parts.store, parts.clock, present)
    return answer(
        {
            "items": [model_json(v, needed.get(v.id)) for v in versions],
            "publication": publication_json(present),
            "kept": parts.settings.models_kept,
        }
    )


@routes.delete(_MODELS + "/{id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a model for good, unless it is in use."""
    principal, edition = await allowed(request, STUDIO), await edition_of(request)
    await delete_model(request.app[PARTS].teaching, principal, request.match_info["id"], edition)
    return web.Response(status=204)


@routes.get(_AT)
async def get(request: web.Request) -> web.Response:
    """Which model answers whom, how the two fare, and who changed it when."""
    await allowed(request, STUDIO)
    parts, edition = request.app[PARTS], await edition_of(request)
    present = await parts.store.publications.present(edition)
    why = await publishing.why_no_way_back(parts.store, parts.clock(), present)
    comparison = await _comparison(parts, present, edition)
    return answer(publication_json(present) | {"why_no_way_back": why, "comparison": comparison})


@routes.post(_AT + "/activate")
async def activate(request: web.Request) -> web.Response:
    """Let a model answer everybody."""
    principal, body = await allowed(request, STUDIO), await body_of(request, Activate)
    teaching, edition = request.app[PARTS].teaching, await edition_of(request)
    changed = await publishing.activate(teaching, principal, body.model_id, body.rev, edition)
    return answer(publication_json(changed))


@routes.post(_AT + "/roll_back")
async def roll_back(request: web.Request) -> web.Response:
    """Let the one before answer again."""
    principal, body = await allowed(request, STUDIO), await body_of(request, Seen)
    teaching, edition = request.app[PARTS].teaching, await edition_of(request)
    return answer(publication_json(await publishing.roll_back(teaching, principal, body.rev, edition)))


@routes.post(_AT + "/canary")
async def canary(request: web.Request) -> web.Response:
    """Let a model answer a share of the conversations."""
    principal, body = await allowed(request, STUDIO), await body_of(request, Canary)
    teaching, edition = request.app[PARTS].teaching, await edition_of(request)
    changed = await publishing.start_canary(teaching, principal, body.model_id, body.share, body.rev, edition)
    return answer(publication_json(changed))


@routes.post(_AT + "/end_canary")
async def end_canary(request: web.Request) -> web.Response:
    """Let the live model answer everybody again."""
    principal, body = await allowed(request, STUDIO), await body_of(request, Seen)
    teaching, edition = request.app[PARTS].teaching, await edition_of(request)
    return answer(publication_json(await publishing.end_canary(teaching, principal, body.rev, edition)))


def publication_json(present: Publication) -> dict[str, Any]:
    """The publication as pages see it."""
    return {
        "rev": present.rev,
        "model_id": present.model_id,
        "canary_id": present.canary_id,
        "share": present.share,
        "canary_since": wire.moment(present.canary_since),
        "can_roll_back": bool(present.before),
        "history": [
            msgspec.to_builtins(change) | {"at": wire.moment(change.at)} for change in present.history[:50]
        ],
    }


async def _comparison(parts: Parts, present: Publication, edition: str | None) -> list[dict[str, Any]]:
    """How live and canary fared since the canary began; without one, how the live model did in a day."""
    since = present.canary_since or parts.clock() - timedelta(days=1)
    return await how_they_fare(parts.store, present, since, edition)
