"""`/api/v1/views`: lists that people come back to."""

import msgspec
from aiohttp import web

from inbox.actions import views
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.http.once import made_id
from inbox.model.people import READ
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/views"


class SavedView(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    query: dict[str, str] = {}
    shared: bool = False


@routes.get(_ALL)
async def list_views(request: web.Request) -> web.Response:
    """One's own views and everybody's."""
    principal = await allowed(request, READ)
    found = await views.of(request.app[PARTS].desk, principal)
    return answer({"items": [views.view_json(each) for each in found]})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Keep a new one."""
    principal = await allowed(request, READ)
    body = await body_of(request, SavedView)
    desk = request.app[PARTS].desk
    kept = await views.save(
        desk,
        principal,
        new_view_id=made_id(request),
        name=body.name,
        query=body.query,
        is_shared=body.shared,
    )
    return answer(views.view_json(kept), 201)


@routes.put(_ALL + "/{id}")
async def change(request: web.Request) -> web.Response:
    """Change one."""
    principal = await allowed(request, READ)
    body = await body_of(request, SavedView)
    kept = await views.save(
        request.app[PARTS].desk,
        principal,
        view_id=request.match_info["id"],
        name=body.name,
        query=body.query,
        is_shared=body.shared,
    )
    return answer(views.view_json(kept))


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete one."""
    await views.drop(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)
