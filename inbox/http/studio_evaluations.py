"""`/api/v1/studio/evaluations`: how well the data taught, and two of them message by message."""

from typing import Any

from aiohttp import web

from inbox import wire
from inbox.actions.errors import NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.editions import edition_of
from inbox.model.people import STUDIO
from inbox.model.training import Job, JobKind, JobState
from inbox.parts import PARTS
from inbox.teaching.differences import differences

routes = web.RouteTableDef()
_ALL = "/api/v1/studio/evaluations"
_MOST = 20


@routes.get(_ALL)
async def list_evaluations(request: web.Request) -> web.Response:
    """The newest evaluations, and the newest run of the test stories."""
    await allowed(request, STUDIO)
    jobs, edition = request.app[PARTS].store.jobs, await edition_of(request)
    found = await jobs.of_kind(JobKind.EVALUATE, _MOST, edition)
    stories = await jobs.of_kind(JobKind.STORIES, 1, edition)
    items = [_head(job) | {k: job.result.get(k) for k in ("examples", "right", "folds")} for job in found]
    return answer(
        {"items": items, "stories": _head(stories[0]) | {"result": stories[0].result} if stories else None}
    )


@routes.get(_ALL + "/{id}/against/{other}")
async def compare(request: web.Request) -> web.Response:
    """What one tells otherwise than the other, of the messages that both were asked."""
    await allowed(request, STUDIO)
    now, before = await _evaluation(request, "id"), await _evaluation(request, "other")
    return answer(differences(now.result, before.result))


async def _evaluation(request: web.Request, name: str) -> Job:
    job = await request.app[PARTS].store.jobs.get(request.match_info[name])
    if job is None or job.kind is not JobKind.EVALUATE or job.state is not JobState.DONE:
        raise NotFound("There is no such evaluation.")
    return job


def _head(job: Job) -> dict[str, Any]:
    return {"id": job.id, "revision": job.revision, "at": wire.moment(job.ended_at), "by": job.asked_by.name}
