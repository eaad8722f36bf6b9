"""How a process leaves: it takes nothing new, ends or gives back what it holds, and is gone in ten seconds.

Nothing that matters is lost if it does not come to that: whatever is held is in the store, and a successor
finds it when its lease is over. Leaving well only spares the customers that wait.
"""

import asyncio
import os
import threading

import structlog
from aiohttp import web

from inbox.parts import Parts

log = structlog.get_logger(__name__)

PATIENCE = 4.0
"""Seconds that turns and sendings under way have to come to their end; then others may take them."""

REQUESTS = 2.0
"""Seconds that requests under way have after that."""

LAST = 9.5
"""Seconds after which a process that still waits, say for a store that does not answer, ends all the same."""


async def wind_down(parts: Parts) -> None:
    """Let go of everything at once. By now the process listens no more, so nothing new comes in."""
    log.info("leaving")
    await asyncio.gather(
        parts.turns.worker.stop(PATIENCE),
        parts.outbox.worker.stop(PATIENCE),
        parts.media.stop(PATIENCE),
        parts.binds.stop(),
    )


async def be_gone_in_time(app: web.Application) -> None:
    """Signal handler for `on_shutdown`: end this process after `LAST` seconds, whatever hangs."""
    timer = threading.Timer(LAST, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    log.error("left without waiting any longer")
    os._exit(1)
