"""`/api/v1/studio/advice` and `…/preview`: what is likely wrong, and how a response looks on each channel."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from connectors.fitting import fit
from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.http.editions import edition_of
from inbox.http.studio_data import project_of
from inbox.model.people import STUDIO
from inbox.model.training import JobKind
from inbox.parts import PARTS, Parts
from inbox.studio.advice import Advice, known_advice
from inbox.studio.collisions import collisions
from inbox.studio.likeness import likenesses
from inbox.studio.project import Project
from inbox.studio.utterances import contents_of

routes = web.RouteTableDef()
_LONGEST = 20_000


class Preview(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/preview`."""

    variant: dict[str, Any]
    language: str | None = None


@routes.get("/api/v1/studio/advice")
async def advice(request: web.Request) -> web.Response:
    """All advice on the examples, with what the last evaluation took for each other, and what the last
    training found to mean nearly the same."""
    await allowed(request, STUDIO)
    edition = await edition_of(request)
    project = await project_of(request.app[PARTS], edition)
    kinds = (JobKind.EVALUATE, JobKind.TRAIN)
    last = [await request.app[PARTS].store.jobs.of_kind(kind, 1, edition) for kind in kinds]
    results = [found[0].result if found else {} for found in last]
    found = await asyncio.to_thread(_advice, project, *results)
    return answer({"items": msgspec.to_builtins(found)})


def _advice(project: Project, evaluated: dict[str, Any], trained: dict[str, Any]) -> list[Advice]:
    found = known_advice(project)
    return [*collisions(evaluated, project), *likenesses(trained, project, found), *found]


@routes.post("/api/v1/studio/preview")
async def preview(request: web.Request) -> web.Response:
    """What a variant becomes on every channel that is switched on. Writes nothing."""
    await allowed(request, STUDIO)
    parts = request.app[PARTS]
    body = await body_of(request, Preview)
    if len(msgspec.json.encode(body.variant)) > _LONGEST:
        raise Invalid("That is too long for a preview.")
    project = await project_of(parts, await edition_of(request))
    contents = contents_of(body.variant, project.shared)
    channels = await parts.store.channels.list({"enabled": True}, limit=50)
    shown = [await _shown(parts, channel, contents, body.language) for channel in channels]
    return answer({"items": [each for each in shown if each]})


async def _shown(parts: Parts, channel: Any, contents: list[Any], language: str | None) -> Any:
    carries = await parts.lines.carries(channel.id)
    if carries is None:
        return None
    fitted = [fit(content, carries, language=language, link=parts.desk.link) for content in contents]
    return {
        "id": channel.id,
        "kind": channel.kind,
        "name": channel.name,
        "contents": [msgspec.to_builtins(c) for each in fitted for c in each.contents],
        "changes": [change.words for each in fitted for change in each.changes],
    }
