"""`/api/v1/tokens` for admins: the keys of programs. A key is shown once, when it is made."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.actions import tokens
from inbox.http.api import answer
from inbox.http.auth import allowed, allowed_surely
from inbox.http.bodies import body_of
from inbox.model.people import ADMIN, SCOPES, Token
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ALL = "/api/v1/tokens"


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """`POST`."""

    name: str
    scopes: list[str]
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = 365
    """After which it is void; null: never."""


@routes.get(_ALL)
async def list_tokens(request: web.Request) -> web.Response:
    """Every token that is not void, without its secret, and the scopes that there are."""
    await allowed(request, ADMIN)
    parts = request.app[PARTS]
    found = await tokens.good_ones(store=parts.store, clock=parts.clock)
    return answer({"items": [token_json(each) for each in found], "scopes": list(SCOPES)})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """A new token with scopes that one has oneself. The answer has its secret, this once."""
    principal = await allowed_surely(request, ADMIN)
    body, parts = await body_of(request, NewToken), request.app[PARTS]
    life = timedelta(days=body.days) if body.days else None
    secret, token = await tokens.give_token(
        principal, body.name, tuple(body.scopes), store=parts.store, clock=parts.clock, life=life
    )
    return answer(token_json(token) | {"token": secret}, 201)


@routes.delete(_ALL + "/{id}")
async def drop(request: web.Request) -> web.Response:
    """Make a token void, at once."""
    principal = await allowed_surely(request, ADMIN)
    parts = request.app[PARTS]
    await tokens.take_back(principal, request.match_info["id"], store=parts.store, clock=parts.clock)
    return web.Response(status=204)


def token_json(token: Token) -> dict[str, Any]:
    """A token as a list shows it. Its `id` opens nothing."""
    return {
        "id": token.id[: tokens.SHOWN],
        "name": token.name,
        "scopes": list(token.scopes),
        "created_at": wire.moment(token.created_at),
        "expires_at": wire.moment(token.expires_at),
        "used_at": wire.moment(token.used_at),
    }
