"""A real `parley up` with a folder of its own, as somebody starts it in a terminal."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from inbox.machine.ports import free_port

READY = "Ctrl-C ends everything"


class ParleyUp:
    """One run of the command."""

    def __init__(self, home: Path, port: int, process: asyncio.subprocess.Process, output: Path) -> None:
        self.home = home
        self.port = port
        self.process = process
        self._output = output

    @property
    def said(self) -> str:
        """All that it printed so far."""
        return self._output.read_text()

    async def until_it_says(self, text: str, *, within: float = 100) -> None:
        """Wait for a line; fail if the command ends first."""
        async with asyncio.timeout(within):
            while text not in self.said:
                assert self.process.returncode is None, self.said
                await asyncio.sleep(0.05)

    async def ends(self, *, within: float = 60) -> int:
        """Wait for its end and answer the exit code."""
        return await asyncio.wait_for(self.process.wait(), within)

    async def bot_state(self) -> str:
        """What the inbox says of its bot: starting, ready or down."""
        address = f"http://127.0.0.1:{self.port}/readyz"
        async with aiohttp.ClientSession() as http, http.get(address) as response:
            return str((await response.json())["bot"])

    async def answers(self) -> bool:
        async with aiohttp.ClientSession() as http:
            try:
                async with http.get(f"http://127.0.0.1:{self.port}/healthz") as response:
                    return response.status == 200
            except aiohttp.ClientError:
                return False

    def processes(self) -> dict[int, str]:
        """Everything alive that was started from this run: process ids with their command lines."""
        return alive_in(self.home)

    def pid_of(self, part: str) -> int:
        """The process whose command line contains the text."""
        return next(pid for pid, command in self.processes().items() if part in command)


@asynccontextmanager
async def parley_up(
    folder: Path, *, port: int | None = None, bot: bool = False, **environment: str
) -> AsyncIterator[ParleyUp]:
    """Start the command; whatever is left of it at the end is killed."""
    home, output, port = folder / "home", folder / "output.txt", port or free_port()
    command = (sys.executable, "-m", "inbox.cli", "up", "--bot" if bot else "--no-bot")
    settings = {"PARLEY_HOME": str(home), "PARLEY_HTTP_PORT": str(port), "MONGODB_URI": ""}
    with output.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=out, stderr=out, cwd=folder, env={**os.environ, **settings, **environment}
        )
    try:
        yield ParleyUp(home, port, process, output)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        for pid in alive_in(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def alive_in(home: Path) -> dict[int, str]:
    """Processes that were started with this PARLEY_HOME."""
    sign, found = f"PARLEY_HOME={home}".encode(), {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if sign in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


async def until_nothing_lives_in(home: Path, *, within: float) -> None:
    deadline = time.monotonic() + within
    while alive := alive_in(home):
        assert time.monotonic() < deadline, alive
        await asyncio.sleep(0.1)
