"""`/api/v1/openapi.json` and `/docs/api`: what programs can ask, for programs and for people."""

from typing import Any

from aiohttp import web

from inbox.http.api import answer
from inbox.http.openapi.document import document, routes_of
from inbox.http.openapi.prose import Prose
from inbox.http.pages import page
from inbox.parts import PARTS

routes = web.RouteTableDef()


def described(app: web.Application) -> dict[str, Any]:
    """The description of the API of this application."""
    return document(routes_of(app), app[PARTS].settings.public_url)


@routes.get("/api/openapi.json")
@routes.get("/api/v1/openapi.json")
async def openapi(request: web.Request) -> web.Response:
    """This description."""
    return answer(described(request.app))


@routes.get("/docs/api")
async def for_people(request: web.Request) -> web.Response:
    """The same as a page."""
    return page(request, "api.html", api=Prose(described(request.app)))
