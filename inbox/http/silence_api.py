"""`/api/v1/silence`: after how long a silent customer's conversation is resolved by itself."""

import msgspec
from aiohttp import web

from inbox.actions import silence
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.model.people import ADMIN, READ
from inbox.model.silence import Patience
from inbox.parts import PARTS

routes = web.RouteTableDef()
_ONE = "/api/v1/silence"


class PatienceBody(msgspec.Struct, forbid_unknown_fields=True):
    """How long: with null for ever."""

    people_hours: int | None = None
    bot_hours: int | None = None
    farewell: str = ""
    label: str | None = None

    def patience(self) -> Patience:
        """As the model has it."""
        return Patience(**msgspec.structs.asdict(self))


class SilenceBody(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT`: for all, and instead of it by the ids of channels and of teams."""

    is_on: bool
    everywhere: PatienceBody = msgspec.field(default_factory=PatienceBody)
    channels: dict[str, PatienceBody] = {}
    teams: dict[str, PatienceBody] = {}


@routes.get(_ONE)
async def show(request: web.Request) -> web.Response:
    """How it is set."""
    await allowed(request, READ)
    return answer(msgspec.to_builtins(await silence.present(request.app[PARTS].store)))


@routes.put(_ONE)
async def save(request: web.Request) -> web.Response:
    """Set it."""
    principal = await allowed(request, ADMIN)
    body = await body_of(request, SilenceBody)
    kept = await silence.save(
        request.app[PARTS].desk,
        principal,
        is_on=body.is_on,
        everywhere=body.everywhere.patience(),
        channels={at: one.patience() for at, one in body.channels.items()},
        teams={at: one.patience() for at, one in body.teams.items()},
    )
    return answer(msgspec.to_builtins(kept))
