"""`Idempotency-Key`: a POST that is sent again makes nothing twice, and hears the answer of the first time.

The key belongs to who asks and is remembered for 24 hours, with a fingerprint of the request: under the same
key another one is refused (422), and the same one while the first is still being answered (409). Only what
went well is remembered: an error has changed nothing, and the request may be mended or tried again. A request
whose process was killed in the middle may be made again after two minutes. What it makes has an id that
follows from the key (`made_id`), or a name or `client_id` that may be there once: so it is not made twice.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from inbox.actions.errors import ActionRefused, Invalid
from inbox.http.auth import NotSignedIn, who
from inbox.http.bodies import raw_body
from inbox.http.errors import problem
from inbox.model.ids import new_id
from inbox.model.once import LEASE, Asked, asked_id
from inbox.parts import PARTS, Parts

HEADER = "Idempotency-Key"
_MADE = web.RequestKey("made_id", str)
_LONGEST = 200
_LARGEST = 1 << 20
"""Bytes of an answer that is remembered."""

_OF_FILES = ("/api/v1/files", "/api/v1/contact_import")
"""Where a body is read once, piece by piece."""

_ABOUT = ("id", "conversation_id", "contact_id")


class OtherRequest(ActionRefused):
    """The key was used for another request."""

    status = 422
    code = "idempotency_key_reused"


def made_id(request: web.Request) -> str:
    """The id for what a request makes: the same one if the request is made again under its key."""
    return request.get(_MADE) or new_id()


@web.middleware
async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Do what a POST under a key asks once."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST" or not request.path.startswith("/api/v1/"):
        return await handler(request)
    if not 1 <= len(key) <= _LONGEST or not key.isprintable():
        raise Invalid(f"{HEADER} may have 1 to {_LONGEST} printable characters.")
    try:
        principal = await who(request)
    except NotSignedIn:
        return await handler(request)
    parts, now = request.app[PARTS], request.app[PARTS].clock()
    mine = Asked(
        id=asked_id(principal.id, key),
        fingerprint=await _fingerprint(request),
        owner=new_id(),
        at=now,
        until=now + LEASE,
    )
    first = await parts.store.once.begin(mine)
    if first is not None:
        if first.fingerprint != mine.fingerprint:
            raise OtherRequest(f"This {HEADER} was used for another request. Take a new one.")
        if first.status is not None:
            return _again(first, parts)
        is_dead = first.until <= now
        if not is_dead or not await parts.store.once.take_up(first, mine.owner, mine.until):
            detail = "The same request is being answered. Ask again in a moment."
            return problem(409, "Conflict", detail, code="in_flight", Retry_After="1")
    request[_MADE] = (first or mine).made_id
    return await _first(request, handler, mine, parts)


async def _first(request: web.Request, handler: Handler, mine: Asked, parts: Parts) -> web.StreamResponse:
    try:
        answer = await handler(request)
    except Exception:
        await parts.store.once.release(mine.id, mine.owner)
        raise
    body = answer.body if isinstance(answer, web.Response) else None
    if not 200 <= answer.status < 300 or (isinstance(body, bytes) and len(body) > _LARGEST):
        await parts.store.once.release(mine.id, mine.owner)
    elif isinstance(answer, web.Response) and isinstance(body, bytes | None):
        await _keep(request, answer, body or b"", mine, parts)
    else:  # a stream: made again, it says the same once more
        await parts.store.once.release(mine.id, mine.owner)
    return answer


async def _keep(request: web.Request, answer: web.Response, body: bytes, mine: Asked, parts: Parts) -> None:
    await parts.store.once.answered(
        mine.id,
        mine.owner,
        status=answer.status,
        kind=answer.content_type if body else "",
        body=parts.vault.seal(body.decode()) if body else "",
        about=[*request.match_info.values(), *_told_of(body)],
    )


def _again(first: Asked, parts: Parts) -> web.Response:
    """What was answered the first time."""
    body = parts.vault.open(first.body).encode() if first.body else None
    headers = {"Idempotency-Replayed": "true"}
    if body is None:
        return web.Response(status=first.status or 204, headers=headers)
    return web.Response(body=body, status=first.status or 200, content_type=first.kind, headers=headers)


async def _fingerprint(request: web.Request) -> str:
    """What the request is. Of a file that is brought its name, type and length: it is not read twice."""
    told = hashlib.sha256(f"{request.method} {request.path_qs}\n{request.content_type}\n".encode())
    if request.path not in _OF_FILES:
        told.update(await raw_body(request))
    else:
        told.update(
            f"{request.headers.get('X-Filename')} {request.content_length}".encode("utf-8", "replace")
        )
    return told.hexdigest()


def _told_of(body: bytes) -> Iterator[str]:
    """Ids of whom and what an answer tells of."""
    try:
        found: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return
    if isinstance(found, dict):
        yield from (found[name] for name in _ABOUT if isinstance(found.get(name), str))
        if isinstance(found.get("contact"), dict):
            yield from (v for k, v in found["contact"].items() if k == "id" and isinstance(v, str))
