"""`/api/v1/studio/search` and `…/uses`: words anywhere in the data, and where a name is used."""

import asyncio

from aiohttp import web

from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import choice, number
from inbox.http.editions import edition_of
from inbox.http.studio_data import project_of
from inbox.model.people import STUDIO
from inbox.parts import PARTS
from inbox.studio import finding
from inbox.wire import Json

routes = web.RouteTableDef()
_SHORTEST, _LONGEST = 2, 200


@routes.get("/api/v1/studio/search")
async def search(request: web.Request) -> web.Response:
    """Whatever has the words `q` in its name or within: examples, answers, slots, forms, rules, stories."""
    await allowed(request, STUDIO)
    words = request.query.get("q", "").strip()
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise Invalid(f"q has {_SHORTEST} to {_LONGEST} characters.")
    limit = number(request, "limit", 200, least=1, most=1_000) or 200
    project = await project_of(request.app[PARTS], await edition_of(request))
    found = await asyncio.to_thread(finding.everywhere, project, words, limit)
    return answer({"items": [hit_json(hit) for hit in found]})


@routes.get("/api/v1/studio/uses")
async def uses(request: web.Request) -> web.Response:
    """Where the part of that `kind` and `name` is used."""
    await allowed(request, STUDIO)
    kind = choice(request, "kind", finding.SOUGHT)
    project = await project_of(request.app[PARTS], await edition_of(request))
    found = await asyncio.to_thread(finding.uses, project, kind, request.query.get("name", ""))
    return answer({"items": [hit_json(hit) for hit in found[:1_000]]})


def hit_json(hit: finding.Hit) -> Json:
    """A place as pages see it."""
    return {
        "kind": hit.kind,
        "name": hit.name,
        "text": hit.text,
        "file": hit.place.file,
        "line": hit.place.line,
    }
