"""Keeps a process running: brings it back whenever it ends, ever more patiently."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

from inbox.machine.errors import MachineTrouble
from inbox.machine.process import Process
from inbox.machine.voice import Voice

Launch = Callable[[], Awaitable[Process]]
"""Starts a process and waits until it can be used. Raises `MachineTrouble`."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A process that ran for so long has proved itself: its next fall is its first."""


class Keeper:
    """Owns one process from its first start to its end."""

    def __init__(self, name: str, launch: Launch, voice: Voice) -> None:
        self.name = name
        self._launch = launch
        self._voice = voice
        self.process: Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and watch over it from then on. Raises `MachineTrouble` if it does not start."""
        self.process = await self._launch()
        self._watch = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def start_until_it_runs(self) -> None:
        """As `start`, but a failure is told and tried again."""
        pause = FIRST_PAUSE
        while self.process is None:
            try:
                await self.start()
            except MachineTrouble as trouble:
                self._voice.warn(f"{trouble} It is tried again in {pause:g} s.")
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def stop(self, *, patience: float) -> None:
        """End it for good."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self.process is not None:
            await self.process.stop(patience=patience)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while self.process is not None:
            since = time.monotonic()
            code = await self.process.ended()
            await self.process.stop(patience=0)
            if time.monotonic() - since > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._voice.warn(f"{self.name} {_fate(code)}. It starts again in {pause:g} s.")
            pause = await self._bring_back(pause)

    async def _bring_back(self, pause: float) -> float:
        """Start it again, as often as it takes. Answers the pause to make after its next fall."""
        while True:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                self.process = await self._launch()
            except MachineTrouble as trouble:
                self._voice.warn(f"{trouble} It is tried again in {pause:g} s.")
            else:
                self._voice.say(f"{self.name} is back.")
                return pause


def _fate(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
