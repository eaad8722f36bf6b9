"""`/api/v1/bot/models/{lane}` and `…/{edition}/{lane}`: where bots take their models from; `…/bot/editions`:
which there are.

The protocol is Rasa's own model server's, so a stock Rasa can take part too: it asks with the ETag of what it
has, and hears 304 (still that one), 204 (none: keep your own) or 200 with the archive. Bots show their token
as a bearer, or as Rasa does in the query. One that has no model in its own folder says so, by
`X-Own-Model: none`.
"""

import hashlib

from aiohttp import web

from inbox.http.api import answer
from inbox.http.auth import NotSignedIn
from inbox.model.secrets import are_same
from inbox.parts import PARTS
from inbox.teaching.publishing import CANARY, LIVE, published, served

routes = web.RouteTableDef()


@routes.get("/api/v1/bot/editions")
async def editions(request: web.Request) -> web.Response:
    """The editions that answer beside the first one, each with its models; 304 while the list is the same."""
    parts = request.app[PARTS]
    _let_bots_in(request, parts.settings.bot_secret())
    listed = answer({"editions": await published(parts.store)})
    listed.headers["ETag"] = f'"{hashlib.sha256(bytes(listed.body)).hexdigest()}"'  # type: ignore[arg-type]
    if request.headers.get("If-None-Match") == listed.headers["ETag"]:
        return web.Response(status=304, headers={"ETag": listed.headers["ETag"]})
    return listed


@routes.get("/api/v1/bot/models/{lane}")
async def model(request: web.Request) -> web.StreamResponse:
    """The model that a lane's bots serve."""
    return await _served(request, None)


@routes.get("/api/v1/bot/models/{edition}/{lane}")
async def model_of_edition(request: web.Request) -> web.StreamResponse:
    """The model that bots serve in a lane of an edition."""
    return await _served(request, request.match_info["edition"])


async def _served(request: web.Request, edition: str | None) -> web.StreamResponse:
    parts = request.app[PARTS]
    _let_bots_in(request, parts.settings.bot_secret())
    lane = request.match_info["lane"]
    if lane not in (LIVE, CANARY):
        raise web.HTTPNotFound(text="The lanes are live and canary.")
    if edition is None and request.headers.get("X-Own-Model") == "none":
        await parts.store.publications.ownless_asked(parts.clock())
    version = await served(parts.store, lane, edition)
    if version is None:
        return web.Response(status=204)
    etag = f'"{version.sha256}"'
    if etag in request.headers.get("If-None-Match", "") or version.sha256 == request.headers.get(
        "If-None-Match"
    ):
        return web.Response(status=304, headers={"ETag": etag})
    served_model = web.StreamResponse(
        headers={
            "ETag": etag,
            "Content-Type": "application/gzip",
            "Content-Length": str(version.size),
            "Cache-Control": "no-store",
            "filename": f"parley-{version.sha256[:16]}.tar.gz",
            "X-Model-Id": version.rasa_id,
            "X-Trained-At": version.trained_at.isoformat(timespec="seconds"),
        }
    )
    await served_model.prepare(request)
    async for chunk in parts.store.models.read(version.sha256):
        await served_model.write(chunk)
    await served_model.write_eof()
    return served_model


def _let_bots_in(request: web.Request, secret: str) -> None:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.query.get("token", "")
    if not given or not are_same(given, secret):
        raise NotSignedIn(text="The bot's token is missing or wrong.")
