"""How a process leaves: it takes nothing new, ends or gives back what it holds, and is gone in ten seconds.

Nothing that matters is lost if it does not come to that: whatever is held is in the store, and a successor
finds it when its lease is over. Leaving well only spares the customers that wait. So the time is counted from
the signal, all that is waited for shares it, and its end does not depend on anything of this process: on a
machine that is too busy to let it go, the kernel ends it.
"""

import asyncio
import os
import signal
import threading
from math import inf
from time import monotonic

import structlog
from aiohttp import web

from inbox.parts import Parts

log = structlog.get_logger(__name__)

PATIENCE = 4.0
"""Seconds that turns and sendings under way have to come to their end; then others may take them."""

REQUESTS = 2.0
"""Seconds that requests under way have after that."""

ALL = 7.5
"""Seconds after which nothing is waited for any more; what is not over by then is let go of."""

LAST = 8.5
"""Seconds after which a process that still waits, say for a store that does not answer, ends all the same."""

_LEAST = 0.1
_KILLED = 9.3
"""Seconds after which the kernel ends it, if it did not even come to that."""


class TimeLeft:
    """What is left of the time that a process has to leave. All of it, until it is told to."""

    def __init__(self) -> None:
        self._until = inf

    def begin(self) -> None:
        """Count from now."""
        self._until = monotonic() + ALL

    def part(self, most: float) -> float:
        """For how many seconds something may be waited for: `most`, or what is left."""
        return max(_LEAST, min(most, self._until - monotonic()))


TIME = web.AppKey("time to leave", TimeLeft)


async def wind_down(app: web.Application, parts: Parts) -> None:
    """Let go of everything at once. By now the process listens no more, so nothing new comes in."""
    log.info("leaving")
    patience = app[TIME].part(PATIENCE)
    await asyncio.gather(
        parts.turns.worker.stop(patience),
        parts.outbox.worker.stop(patience),
        parts.media.stop(patience),
        parts.binds.stop(),
    )


def be_gone_in_time() -> None:
    """End this process after `LAST` seconds, whatever hangs."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _KILLED)
    timer = threading.Timer(LAST, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    log.error("left without waiting any longer")
    os._exit(1)
