"""`/api/v1/survey`: whether customers are asked how it was, and what they answered."""

from datetime import timedelta

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import surveys
from inbox.actions.access import all_seen
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of, moment_in
from inbox.model.people import ADMIN, READ
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ONE = "/api/v1/survey"
_LATEST = 20


class SurveyBody(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT`."""

    is_on: bool
    channel_ids: list[str] = []
    wait_minutes: int = 0
    questions: dict[str, str] = {}


@routes.get(_ONE)
async def show(request: web.Request) -> web.Response:
    """How it is set."""
    await allowed(request, READ)
    return answer(msgspec.to_builtins(await surveys.present(request.app[PARTS].store)))


@routes.put(_ONE)
async def save(request: web.Request) -> web.Response:
    """Set it."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, SurveyBody)
    kept = await surveys.save(request.app[PARTS].desk, principal, **msgspec.structs.asdict(body))
    return answer(msgspec.to_builtins(kept))


@routes.get("/api/v1/reports/csat")
async def report(request: web.Request) -> web.Response:
    """How customers found it: in the last 30 days, or between `since` and `until`."""
    principal = await allowed(request, READ)
    parts = request.app[PARTS]
    until = moment_in(request, "until") or parts.clock()
    since = moment_in(request, "since") or until - timedelta(days=30)
    counted = await parts.store.ratings.counted(since, until)
    total = sum(c["count"] for c in counted)
    mean = sum(c["count"] * c["score"] for c in counted) / total if total else None
    every = await parts.store.ratings.latest(since, until, _LATEST)
    rated = await all_seen(principal, every, store=parts.store)
    latest = [
        {
            "conversation_id": c.id,
            "contact": c.contact.name,
            "channel_id": c.channel_id,
            "score": c.rating.score,
            "comment": c.rating.comment,
            "at": wire.moment(c.rating.at),
        }
        for c in rated
        if c.rating
    ]
    return answer({"count": total, "mean": mean, "items": counted, "latest": latest})
