"""`If-Match`: what two people may change at once is not put in the place of what one of them never saw.

What is asked for by GET at an address of `GUARDED` tells its `ETag`. A PUT there with that tag in `If-Match`
is refused (412) if something else is there now; without the header it is put there whatever there is. Of two
that come with a tag at the same moment, in any process, one is done, and the other is told to come again.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

from inbox.actions.errors import ActionRefused
from inbox.model.ids import new_id
from inbox.model.once import LEASE, Asked
from inbox.parts import PARTS, Parts

HEADER = "If-Match"
GUARDED = frozenset(
    {
        "/api/v1/saml",
        "/api/v1/saved_replies/{id}",
        "/api/v1/sign_in",
        "/api/v1/silence",
        "/api/v1/single_sign_on",
        "/api/v1/survey",
        "/api/v1/teams/{id}",
    }
)


class ChangedSince(ActionRefused):
    """What is there is not what you saw."""

    status = 412
    code = "changed_since"


class InFlight(ActionRefused):
    """Another one is being put there now."""

    status = 409
    code = "in_flight"


@web.middleware
async def matching(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the tag of what may be changed under it, and refuse a change of what is not so any more."""
    resource = request.match_info.route.resource
    if resource is None or resource.canonical not in GUARDED or request.method not in ("GET", "PUT"):
        return await handler(request)
    wanted = request.headers.get(HEADER)
    if request.method == "GET":
        return _tagged(await handler(request))
    if wanted is None:
        return await handler(request)
    async with _alone(request.path, request.app[PARTS]):
        present = _tagged(await _reader(request, resource.canonical)(request)).headers["ETag"]
        if wanted.strip() != "*" and present not in (each.strip() for each in wanted.split(",")):
            raise ChangedSince("Somebody else has changed this since you read it. Read it again.")
        return await handler(request)


def _reader(request: web.Request, path: str) -> Handler:
    """What answers a GET there."""
    for route in request.app.router.routes():
        if route.method == "GET" and route.resource is not None and route.resource.canonical == path:
            return route.handler
    raise LookupError(path)


def _tagged(answer: web.StreamResponse) -> web.StreamResponse:
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes) and answer.status == 200:
        answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    return answer


@asynccontextmanager
async def _alone(path: str, parts: Parts) -> AsyncIterator[None]:
    """While nobody else puts anything there under a tag. Raises `InFlight`."""
    now, once = parts.clock(), parts.store.once
    mine = Asked(id=f"put {path}", fingerprint="", owner=new_id(), at=now, until=now + LEASE)
    other = await once.begin(mine)
    if other is not None and (other.until > now or not await once.take_up(other, mine.owner, mine.until)):
        raise InFlight("Somebody else is saving this. Try again in a moment.")
    try:
        yield
    finally:
        await once.release(mine.id, mine.owner)
