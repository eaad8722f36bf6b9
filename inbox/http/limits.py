"""How often one address may ask, and how long an agent's page waits for an answer.

Webhooks have no such limits: their senders are verified, and many, and ingest refuses them in time.
"""

import asyncio
from collections import OrderedDict
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from inbox.http.auth import address_of
from inbox.http.errors import problem
from inbox.ingest import Busy

_FREE = ("/hooks/", "/socket.io/", "/static/", "/healthz", "/readyz", "/metrics", "/rehearsal/")
_ADDRESSES = 50_000
_AT_ONCE = 4
_SCREEN = ("/api/v1/conversations", "/api/v1/contacts", "/api/v1/counts", "/api/v1/agents", "/api/v1/me")
_PATIENCE = 5.0
"""Seconds that the store has for what an agent's page shows."""


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


@web.middleware
async def time_limit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A middleware that answers 503 in time to an agent's page when the store is slow; it asks again."""
    if request.method != "GET" or not request.path.startswith(_SCREEN):
        return await handler(request)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await handler(request)
    except TimeoutError:
        raise Busy("The store takes too long.") from None


def rate_limit(per_second: float) -> Middleware:
    """A middleware that answers 429 to an address that asks too often; a burst may be `_AT_ONCE` as much."""
    buckets = Buckets(_AT_ONCE * per_second, per_second)

    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(_FREE) and not buckets.take(address_of(request), monotonic()):
            return problem(429, "Too many requests", "Slow down a little.", code="too_many", Retry_After="1")
        return await handler(request)

    return limit
