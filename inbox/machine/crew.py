"""Processes that run together: kept up until a signal, then ended, the first one last."""

import asyncio
import signal
import time
from collections.abc import Coroutine
from typing import Any

from inbox.machine.keeper import Keeper, Launch
from inbox.machine.voice import Voice

FAREWELL_SECONDS = 9.0
"""How long all processes together have to end before they are made to."""

SHARE_SECONDS = 7.0
"""How long those have that the first one serves: they end together, since each may have to wait."""


class Crew:
    """Starts, keeps and ends processes."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._keepers: list[Keeper] = []

    async def run(self, start: Coroutine[Any, Any, None]) -> None:
        """Run `start`, which adds processes, then keep them until SIGINT or SIGTERM.

        Whatever `start` raises ends them too and is raised again.
        """
        leave = _on_signals()
        starting = asyncio.create_task(start)
        leaving = asyncio.create_task(leave.wait())
        try:
            await asyncio.wait({starting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await leaving
            self._voice.say("\nEnding …")
        finally:
            starting.cancel()
            leaving.cancel()
            await asyncio.gather(starting, leaving, return_exceptions=True)
            await self._end()

    async def keep(self, name: str, launch: Launch) -> None:
        """Start a process and keep it. Raises `MachineTrouble` if it does not start."""
        await self._keeper(name, launch).start()

    async def keep_trying(self, name: str, launch: Launch) -> None:
        """The same for one that the others can do without: a failed start is told and tried again."""
        await self._keeper(name, launch).start_until_it_runs()

    def _keeper(self, name: str, launch: Launch) -> Keeper:
        keeper = Keeper(name, launch, self._voice)
        self._keepers.append(keeper)
        return keeper

    async def _end(self) -> None:
        if not self._keepers:
            return
        deadline = time.monotonic() + FAREWELL_SECONDS
        first, *others = self._keepers
        await asyncio.gather(*(keeper.stop(patience=SHARE_SECONDS) for keeper in others))
        await first.stop(patience=max(0.2, deadline - time.monotonic()))


def _on_signals() -> asyncio.Event:
    """Set at the first signal that asks us to end."""
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(what, leave.set)
    return leave
