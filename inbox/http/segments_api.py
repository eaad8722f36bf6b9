"""`/api/v1/contact_segments`."""

from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import segments
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import body_of
from inbox.model.people import READ, WRITE
from inbox.model.segment import Clause, Segment
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/contact_segments"


class NewSegment(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`."""

    name: str
    clauses: list[Clause]


@routes.get(_ALL)
async def list_segments(request: web.Request) -> web.Response:
    """Every segment, by name, with how many contacts it has now."""
    await allowed(request, READ)
    found = await segments.counted(request.app[PARTS].desk)
    return answer({"items": [segment_json(one, None if number < 0 else number) for one, number in found]})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Keep a new one."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, NewSegment)
    made = await segments.save(request.app[PARTS].desk, principal, name=body.name, clauses=body.clauses)
    return answer(segment_json(made, None), 201)


@routes.put(_ALL + "/{id}")
async def revise(request: web.Request) -> web.Response:
    """Give one another name and other conditions."""
    principal = await allowed(request, WRITE)
    body = await body_of(request, NewSegment)
    desk, key = request.app[PARTS].desk, request.match_info["id"]
    revised = await segments.revise(desk, principal, key, name=body.name, clauses=body.clauses)
    return answer(segment_json(revised, None))


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete one."""
    await segments.drop(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


def segment_json(segment: Segment, count: int | None) -> dict[str, Any]:
    clauses = [msgspec.to_builtins(clause) for clause in segment.clauses]
    return {"id": segment.id, "name": segment.name, "clauses": clauses, "count": count}
