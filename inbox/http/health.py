"""For load balancers and Prometheus."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from inbox.http.api import answer
from inbox.parts import PARTS

routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(request: web.Request) -> web.Response:
    """The process lives."""
    return web.Response(text="ok")


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """200 when the store answers. The bot is a field of its own: agents are served without it."""
    parts = request.app[PARTS]
    alive = await parts.store.is_alive()
    bot = "ready" if parts.dialogue.is_ready else "starting" if parts.dialogue.is_starting else "down"
    return answer({"store": "ready" if alive else "down", "bot": bot}, 200 if alive else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """What Prometheus reads."""
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
