"""`/api/v1/bot/models/{lane}`: where bots take their models from.

The protocol is Rasa's own model server's, so a stock Rasa can take part too: it asks with the ETag of what it
has, and hears 304 (still that one), 204 (none: keep your own) or 200 with the archive. Bots show their token
as a bearer, or as Rasa does in the query. One that has no model in its own folder says so, by
`X-Own-Model: none`.
"""

from aiohttp import web

from inbox.http.auth import NotSignedIn
from inbox.model.secrets import are_same
from inbox.parts import PARTS
from inbox.teaching.publishing import CANARY, LIVE, served

routes = web.RouteTableDef()


@routes.get("/api/v1/bot/models/{lane}")
async def model(request: web.Request) -> web.StreamResponse:
    """The model that a lane's bots serve."""
    parts = request.app[PARTS]
    _let_bots_in(request, parts.settings.bot_secret())
    lane = request.match_info["lane"]
    if lane not in (LIVE, CANARY):
        raise web.HTTPNotFound(text="The lanes are live and canary.")
    if request.headers.get("X-Own-Model") == "none":
        await parts.store.publications.ownless_asked(parts.clock())
    version = await served(parts.store, lane)
    if version is None:
        return web.Response(status=204)
    etag = f'"{version.sha256}"'
    if etag in request.headers.get("If-None-Match", "") or version.sha256 == request.headers.get(
        "If-None-Match"
    ):
        return web.Response(status=304, headers={"ETag": etag})
    answer = web.StreamResponse(
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
    await answer.prepare(request)
    async for chunk in parts.store.models.read(version.sha256):
        await answer.write(chunk)
    await answer.write_eof()
    return answer


def _let_bots_in(request: web.Request, secret: str) -> None:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.query.get("token", "")
    if not given or not are_same(given, secret):
        raise NotSignedIn(text="The bot's token is missing or wrong.")
