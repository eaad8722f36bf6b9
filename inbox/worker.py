"""Runs work that is due on conversations: at once when the bus tells of it, by looking when nobody told.

The claim itself is the job's: this only decides when to try, and how many at a time.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from connectors.contract import Clock
from inbox.leases import Leases
from inbox.store import Conflict, Store, StoreError

log = structlog.get_logger(__name__)

_LONGEST = timedelta(minutes=10)
"""For so long at most is work left alone that failed for a reason nobody had foreseen."""

_A_LOOK = 200
"""How many conversations one look finds at most."""

_LET_GO = 1.0
"""Seconds that a store which does not answer may take to hear what is given back."""

_IDLE = 4
"""How many times as long as otherwise it is until the next look, at most, while there is nothing to do."""

Job = Callable[[str], Awaitable[None]]


class Worker:
    """Calls `job(conversation_id)` for what is due, in this process for a conversation once at a time."""

    def __init__(
        self,
        work: str,
        store: Store,
        clock: Clock,
        job: Job,
        *,
        at_once: int,
        look_every: float = 0.5,
        due: Callable[[datetime, int], Awaitable[list[str]]] | None = None,
        leases: Leases | None = None,
    ) -> None:
        """`due(now, limit)` gives ids of what is due; without it, the conversations with this `work`.

        `leases` are renewed while the worker works.
        """
        self.steady_since: datetime | None = None
        """Since when we have worked and the store has answered; None while it does not."""
        self.is_stopping = False
        """Whether a job should come to its end soon: another process goes on with what is left."""
        self._leases = leases
        self._due = due or partial(store.conversations.due, work)
        self._work = work
        self._store = store
        self._clock = clock
        self._job = job
        self._at_once = at_once
        self._look_every = look_every
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._queued: set[str] = set()
        self._has_little = asyncio.Event()
        """Whether the hands will soon have nothing to do."""
        self._is_stirred = asyncio.Event()
        """Whether there was work since the last look that somebody told us of."""
        self._running: set[str] = set()
        self._again: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work."""
        self._tasks = [asyncio.create_task(self._serve(), name=self._work) for _ in range(self._at_once)]
        if self._leases:
            self._tasks.append(asyncio.create_task(self._leases.beat(), name=f"{self._work} beat"))
        self._tasks.append(asyncio.create_task(self._look(), name=f"{self._work} look"))

    async def stop(self, patience: float = 8.0) -> None:
        """Take nothing new, let what runs come to its end for `patience` seconds, then stop."""
        self.is_stopping = True
        if self._tasks:
            self._tasks.pop().cancel()
        self._queue = asyncio.Queue()
        deadline = asyncio.get_running_loop().time() + patience
        while self._running and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, stuck = await asyncio.wait(self._tasks, timeout=_LET_GO)
            for task in stuck:
                task.cancel()
        self._tasks = []
        if self._leases:
            with suppress(StoreError, TimeoutError):  # then they run out
                async with asyncio.timeout(_LET_GO):
                    await self._leases.give_back()

    @property
    def is_working(self) -> bool:
        """Whether it has begun, and does not stop."""
        return bool(self._tasks) and not self.is_stopping

    @property
    def room(self) -> int:
        """How many more jobs would begin at once; below zero, so many wait."""
        if not self.is_working:
            return 0
        return self._at_once - len(self._running) - len(self._queued)

    def wake(self, conversation_id: str) -> None:
        """This conversation has work now."""
        self._is_stirred.set()
        self._take(conversation_id)

    def _take(self, conversation_id: str) -> None:
        if conversation_id in self._running:
            self._again.add(conversation_id)
        elif conversation_id not in self._queued:
            self._queued.add(conversation_id)
            self._queue.put_nowait(conversation_id)

    async def _serve(self) -> None:
        while True:
            conversation_id = await self._queue.get()
            self._queued.discard(conversation_id)
            if self._queue.qsize() < self._at_once:
                self._has_little.set()
            self._running.add(conversation_id)
            try:
                await self._job(conversation_id)
            except (StoreError, Conflict) as error:
                log.warning("work put off", work=self._work, conversation=conversation_id, error=str(error))
            except Exception as error:
                log.exception("work failed", work=self._work, conversation=conversation_id)
                await self._set_aside(conversation_id, error)
            finally:
                self._running.discard(conversation_id)
                if conversation_id in self._again:
                    self._again.discard(conversation_id)
                    self._take(conversation_id)

    async def _set_aside(self, conversation_id: str, error: Exception) -> None:
        """Note what nobody had foreseen, and leave the work alone for a while. It stays due."""
        if self._leases is None:
            return
        now = self._clock()
        with suppress(StoreError):  # then its lease runs out, as a killed process's does
            setback = await self._store.setbacks.note(self._work, conversation_id, error, now)
            wait = (setback.retry_at or now + _LONGEST) - now
            await self._leases.put_off(conversation_id, now + min(wait, _LONGEST))

    async def _look(self) -> None:
        """Find what nobody told us of: another process's leftovers, retries, work from before a start.

        Where there is more than one look finds, the next look is as soon as the hands have little left.
        """
        found: list[str] = []
        idle = 1
        while True:
            before, found = found, []
            try:
                found = await self._due(self._clock(), _A_LOOK)
                for conversation_id in found:
                    self._take(conversation_id)
                self.steady_since = self.steady_since or self._clock()
            except StoreError as error:
                self.steady_since = None
                log.warning("cannot look for work", work=self._work, error=type(error).__name__)
            is_new = found != before
            idle = 1 if is_new or self._is_stirred.is_set() else min(2 * idle, _IDLE)
            await self._pause(idle, is_more=is_new and len(found) == _A_LOOK)

    async def _pause(self, idle: int, *, is_more: bool) -> None:
        """Until the next look. What is put off by work that comes meanwhile is not found later for it."""
        pause = self._look_every * random.uniform(0.8, 1.2)  # noqa: S311
        self._has_little.clear()
        self._is_stirred.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await (self._has_little.wait() if is_more else asyncio.sleep(pause))
        if idle > 1:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause * (idle - 1)):
                    await self._is_stirred.wait()
                    await asyncio.sleep(pause)
