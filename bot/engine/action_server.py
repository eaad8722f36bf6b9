"""The action server, at the end of connections that are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

IDLE_SECONDS = 2.0
"""How long a connection is kept for the next call. Shorter than the other side keeps it (5 s), so that
no call goes into one that is being closed."""

before_acting: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("before_acting", default=None)
"""What a turn awaits before it has anything done outside of this process; what that raises ends the turn."""


class ActionServer(EndpointConfig):
    """As Rasa's own, which makes a session and a connection for each call."""

    _kept: aiohttp.ClientSession | None = None

    def session(self) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
        """The one session; it outlives whoever asks."""
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS, limit=0),
                timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            )
        return nullcontext(self._kept)

    async def request(self, *arguments: Any, **options: Any) -> Any:
        """As Rasa's own, once the turn may act. Raises what `before_acting` raises."""
        if (check := before_acting.get()) is not None:
            await check()
        return await super().request(*arguments, **options)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._kept is not None:
            await self._kept.close()
