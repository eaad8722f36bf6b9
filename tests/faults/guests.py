"""The processes that are not the application: started, killed, frozen, brought back."""

import asyncio
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from inbox.machine import mongod
from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port
from inbox.machine.process import Process, Program, start
from inbox.machine.web import answering

ROOT = Path(__file__).resolve().parents[2]
DISK_MB = 600


class Guest:
    """One process of the stage, which may be killed, frozen and brought back."""

    def __init__(self, name: str, program: Program, *, url: str = "", headers: Any = None) -> None:
        self.name = name
        self.program = program
        self._url = url
        self._headers = headers
        self.process: Process | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.is_running

    async def start(self, *, within: float = 90) -> None:
        """Bring it up, as often as it takes; come back when it answers. Nothing if it runs."""
        deadline = asyncio.get_running_loop().time() + within
        while not self.is_running:
            try:
                self.process = await self._launch()
            except MachineTrouble:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.3)

    async def _launch(self) -> Process:
        process = await start(self.program)
        await answering(process, self._url, within=120, headers=self._headers)
        return process

    def send(self, what: signal.Signals) -> None:
        """Signal it, if it runs."""
        if self.process is not None and self.process.is_running:
            self.process.send(what)

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self.process is not None:
            self.process.send(signal.SIGKILL)
            await self.process.ended()
            self.process = None

    async def stop(self) -> float:
        """Ask it to end with SIGTERM, and wait. Seconds that it took."""
        since = asyncio.get_running_loop().time()
        if self.process is not None:
            self.process.send(signal.SIGTERM)
            await self.process.ended()
            self.process = None
        return asyncio.get_running_loop().time() - since


class StoreServer(Guest):
    """The MongoDB of the run."""

    def __init__(self, folder: Path, *, small_disk: bool) -> None:
        self.port = free_port()
        self.data = folder / "mongo"
        self.data.mkdir(parents=True)
        self.is_mounted = small_disk and _mount(self.data)
        program = mongod.program(self.data, folder / "mongod.log", port=self.port, cache_mb=256)
        super().__init__("MongoDB", replace(program, orphan_signal=signal.SIGKILL))
        self.uri = ""

    async def _launch(self) -> Process:
        process, self.uri = await mongod.launch(self.program, port=self.port)
        return process

    async def kill_all(self) -> None:
        """The end."""
        await self.kill()

    def close(self) -> None:
        """Give the disk back."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.data)], check=True)


def _mount(folder: Path) -> bool:
    """Put a small disk in memory there, where this user may."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    return os.getuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


async def listening(process: Process, port: int) -> Process:
    """Wait until somebody listens there. Raises `MachineTrouble` if the process ends before."""
    while process.is_running:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return process
    raise MachineTrouble(f"{process.program.name} ended: {process.last_words()}")


class Redis(Guest):
    """A Redis that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        found = subprocess.run([ROOT / "scripts" / "redis"], capture_output=True, text=True, check=True)
        self.port = free_port()
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        argv = (found.stdout.strip().splitlines()[-1], *options)
        super().__init__("Redis", Program(name="redis", argv=argv, log=folder / "redis.log"))

    async def _launch(self) -> Process:
        return await listening(await start(self.program), self.port)
