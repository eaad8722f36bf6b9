"""`/api/v1/studio/data` and `…/examples`: what the bot is taught."""

import asyncio

from aiohttp import web

from inbox.actions.errors import Invalid
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import choice, number
from inbox.http.editions import edition_of
from inbox.model.people import STUDIO
from inbox.parts import PARTS, Parts
from inbox.studio import views
from inbox.studio.folder import Folder
from inbox.studio.project import LISTS, Place, Problem, Project, read

routes = web.RouteTableDef()


def folder_of(parts: Parts, edition: str | None) -> Folder:
    """Where the training data of an edition lies."""
    return Folder(parts.teaching.places.folder(edition))


async def project_of(parts: Parts, edition: str | None) -> Project:
    """The data as it is on disk now; what did not change since the last look is not read again."""
    return await asyncio.to_thread(_looked_at, folder_of(parts, edition))


def _looked_at(folder: Folder) -> Project:
    project = read(folder.files())
    project.problems += [Problem(Place(name, 1), words) for name, words in folder.left_out().items()]
    return project


@routes.get("/api/v1/studio/data")
async def data(request: web.Request) -> web.Response:
    """Everything but the examples, with the place of each and the hash of every file."""
    await allowed(request, STUDIO)
    return answer(views.overview(await project_of(request.app[PARTS], await edition_of(request))))


@routes.get("/api/v1/studio/examples")
async def examples(request: web.Request) -> web.Response:
    """The examples of one list (`kind`, `name`), or all of a kind that have the words `q` in them."""
    await allowed(request, STUDIO)
    kind = choice(request, "kind", LISTS)
    words = request.query.get("q", "").strip()
    if len(words) > 200:
        raise Invalid("q may have at most 200 characters.")
    limit = number(request, "limit", 2_000, least=1, most=10_000) or 2_000
    project = await project_of(request.app[PARTS], await edition_of(request))
    return answer({"items": views.examples(project, kind, request.query.get("name"), words, limit)})
