"""Takes the steps of a duty again and again: when woken, else after a while. One process at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import structlog

from connectors.contract import Clock
from inbox.model.ids import new_id
from inbox.store import Conflict, Store, StoreError

log = structlog.get_logger(__name__)

_LOOK_EVERY = 1.0

Step = Callable[[], Awaitable[int]]
Pause = Callable[[int, float], float]


class Follower:
    """Calls `step`, whatever becomes of it: what fails is logged and tried again.

    A step that has much to do must itself see to it that one thing's failure is not the others'.
    """

    def __init__(
        self, duty: str, store: Store, clock: Clock, step: Step, *, pause: Pause | None = None
    ) -> None:
        """`pause(count, seconds)` says how long to rest after a step that did `count` things in that time."""
        self._duty = duty
        self._store = store
        self._clock = clock
        self._step = step
        self._pause = pause or (lambda count, seconds: _LOOK_EVERY)
        self._owner = new_id()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._follow(), name=self._duty)

    async def stop(self) -> None:
        """Stop; another process may go on at once."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with suppress(StoreError):  # then the lease runs out by itself
            await self._store.holders.release(self._duty, self._owner)

    def wake(self) -> None:
        """There is something to do now."""
        self._wake.set()

    async def is_ours(self, lease: timedelta) -> bool:
        """Whether the duty falls to us for that long; renewed if it did already."""
        return await self._store.holders.claim(self._duty, self._owner, self._clock(), lease) is not None

    async def _follow(self) -> None:
        while True:
            began, count = time.perf_counter(), 0
            try:
                count = await self._step()
            except (StoreError, Conflict) as error:
                log.warning("put off", duty=self._duty, error=type(error).__name__)
            except Exception:
                log.exception("duty failed", duty=self._duty)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause(count, time.perf_counter() - began)):
                    await self._wake.wait()
            self._wake.clear()
