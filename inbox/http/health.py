"""For load balancers and Prometheus."""

import ipaddress

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
    """What Prometheus reads: it asks each process by itself. Our traffic is nobody else's business."""
    if not _is_near(request):
        raise web.HTTPNotFound
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_near(request: web.Request) -> bool:
    """Whether a machine of a network that is not the world's asks, and not through a proxy."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ipaddress.ip_address(request.remote or "")
    except ValueError:
        return False
    return not (getattr(address, "ipv4_mapped", None) or address).is_global
