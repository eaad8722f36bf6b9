"""How often one address may ask. Webhooks have no such limit: their senders are verified, and many."""

from collections import OrderedDict
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from inbox.http.auth import address_of
from inbox.http.errors import problem

_FREE = ("/hooks/", "/socket.io/", "/static/", "/healthz", "/readyz", "/metrics", "/rehearsal/")
_ADDRESSES = 50_000


class Buckets:
    """A bucket of tokens for each key, refilled with time; the oldest are forgotten."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._rate = per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float) -> bool:
        """Take a token of `key`'s bucket at `now` seconds. False when it is empty."""
        level, at = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        allowed = level >= 1
        self._levels[key] = (level - allowed, now)
        if len(self._levels) > _ADDRESSES:
            self._levels.popitem(last=False)
        return allowed


def rate_limit(burst: float, per_second: float) -> Middleware:
    """A middleware that answers 429 to an address that asks too often."""
    buckets = Buckets(burst, per_second)

    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(_FREE) and not buckets.take(address_of(request), monotonic()):
            return problem(429, "Too many requests", "Slow down a little.", code="too_many", Retry_After="1")
        return await handler(request)

    return limit
