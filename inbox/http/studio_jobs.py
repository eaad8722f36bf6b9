"""`/api/v1/studio/jobs`: trainings, evaluations and replays, asked for and watched."""

from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions.errors import Invalid, NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of, number
from inbox.http.editions import edition_of
from inbox.model.people import STUDIO
from inbox.model.training import Job, JobKind
from inbox.parts import PARTS
from inbox.teaching import asking

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/jobs"


class NewJob(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`. What the options mean: see `docs/studio.md`."""

    kind: JobKind = JobKind.TRAIN
    model_id: str | None = None
    against_id: str | None = None
    folds: int = 0
    hours: int = 24


def job_json(job: Job) -> dict[str, Any]:
    """A job as pages see it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "asked_by": msgspec.to_builtins(job.asked_by),
        "asked_at": wire.moment(job.asked_at),
        "started_at": wire.moment(job.started_at),
        "ended_at": wire.moment(job.ended_at),
        "revision": job.revision,
        "edition": job.edition,
        "options": job.options,
        "step": job.step,
        "share": job.share,
        "error": job.error,
        "cancel": job.cancel,
    }


@routes.get(_ALL)
async def list_jobs(request: web.Request) -> web.Response:
    """The newest jobs, and whether anybody here can run them."""
    await allowed(request, STUDIO)
    parts = request.app[PARTS]
    limit = number(request, "limit", 20, least=1, most=100) or 20
    items = [job_json(job) for job in await parts.store.jobs.newest(limit, await edition_of(request))]
    return answer({"items": items, "can_run": parts.teaching.workshop.can_run})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Queue a job."""
    principal = await allowed(request, STUDIO)
    body = await body_of(request, NewJob)
    if body.folds and not 2 <= body.folds <= 10:
        raise Invalid("folds: 2 to 10, or 0 to hold a fifth of the examples out.")
    if not 1 <= body.hours <= 24 * 30:
        raise Invalid("hours: 1 to 720.")
    teaching, edition = request.app[PARTS].teaching, await edition_of(request)
    job = await asking.ask_for(teaching, principal, body.kind, _options(body), edition=edition)
    return answer(job_json(job), 201)


@routes.get(_ALL + "/{id}")
async def get(request: web.Request) -> web.Response:
    """A job with its log and result."""
    await allowed(request, STUDIO)
    job = await request.app[PARTS].store.jobs.get(request.match_info["id"])
    if job is None:
        raise NotFound("There is no such job.")
    return answer(job_json(job) | {"log": list(job.log), "result": job.result})


@routes.post(_ALL + "/{id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Take it back."""
    job = await asking.cancel(
        request.app[PARTS].teaching, await allowed(request, STUDIO), request.match_info["id"]
    )
    return answer(job_json(job))


def _options(body: NewJob) -> dict[str, Any]:
    wanted = {
        JobKind.TRAIN: (),
        JobKind.EVALUATE: ("folds",),
        JobKind.STORIES: ("model_id",),
        JobKind.REPLAY: ("model_id", "against_id", "hours"),
    }[body.kind]
    return {name: getattr(body, name) for name in wanted if getattr(body, name) is not None}
