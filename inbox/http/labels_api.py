"""`/api/v1/labels/{name}`: a label is renamed, or taken away, in every conversation."""

from typing import Annotated, Any

import msgspec
from aiohttp import web

from inbox.actions import labels
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.model.people import ADMIN
from inbox.parts import PARTS

routes = web.RouteTableDef()
_AT = "/api/v1/labels/{name}"


class NewName(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT`."""

    name: Annotated[str, msgspec.Meta(max_length=200)]


@routes.put(_AT)
async def rename(request: web.Request) -> web.Response:
    """Give it another name in some hundred conversations; ask again until `done`."""
    principal, body = await allowed(request, ADMIN), await body_of(request, NewName)
    done = await labels.rename(request.app[PARTS].desk, principal, request.match_info["name"], body.name)
    return answer(relabelled_json(done))


@routes.delete(_AT)
async def remove(request: web.Request) -> web.Response:
    """Take it away from some hundred conversations; ask again until `done`."""
    principal = await allowed(request, ADMIN)
    return answer(
        relabelled_json(await labels.remove(request.app[PARTS].desk, principal, request.match_info["name"]))
    )


def relabelled_json(done: labels.Relabelled) -> dict[str, Any]:
    return {"conversations": done.conversations, "done": done.is_done}
