"""`/api/v1/openapi.json` and `/docs/api`: what programs can ask, for programs and for people."""

from functools import lru_cache

import msgspec
from aiohttp import web

from inbox.http.api import answer
from inbox.http.openapi.document import Route, document, routes_of
from inbox.http.openapi.prose import Prose
from inbox.http.pages import page, rendered
from inbox.parts import PARTS

routes = web.RouteTableDef()


@routes.get("/api/openapi.json")
@routes.get("/api/v1/openapi.json")
async def openapi(request: web.Request) -> web.Response:
    """This description."""
    return answer(msgspec.Raw(_encoded(*_ours(request))))


@routes.get("/docs/api")
async def for_people(request: web.Request) -> web.Response:
    """The same as a page."""
    return page(request, "api.html", parts=_written(*_ours(request)))


def _ours(request: web.Request) -> tuple[tuple[Route, ...], str]:
    return routes_of(request.app), request.app[PARTS].settings.public_url


# Anybody may ask for both, as often as they may ask for anything: they are made once.


@lru_cache(maxsize=4)
def _encoded(routes: tuple[Route, ...], url: str) -> bytes:
    return msgspec.json.encode(document(routes, url))


@lru_cache(maxsize=4)
def _written(routes: tuple[Route, ...], url: str) -> str:
    return rendered("api_parts.html", api=Prose(document(routes, url)))
