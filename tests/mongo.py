"""A real MongoDB for tests: a replica set of one on a free port, gone when the tests are."""

import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from inbox.machine import mongod
from inbox.machine.ports import free_port
from inbox.machine.process import Process

GIB = 1024**3


class Mongod:
    """A running MongoDB that a test may kill and bring back on the same data and port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.uri = ""
        log = folder / "mongod.log"
        program = mongod.program(folder / "data", log, port=self.port, cache_mb=256, oplog_mb=990)
        argv = (*program.argv, "--setParameter", "ttlMonitorEnabled=false")  # tests have clocks of their own
        self._program = replace(program, argv=argv, orphan_signal=signal.SIGKILL)
        self._process: Process | None = None
        (folder / "data").mkdir()

    @property
    def pid(self) -> int:
        """Its process id while it runs."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it takes writes."""
        self._process, self.uri = await mongod.launch(self._program, port=self.port)

    async def kill(self) -> None:
        """End it at once, as `kill -9` or a power cut would."""
        if self._process is not None:
            self._process.send(signal.SIGKILL)
            await self._process.ended()
            self._process = None


@asynccontextmanager
async def a_mongod() -> AsyncIterator[Mongod]:
    """A MongoDB of one's own, for tests that kill it."""
    folder = Path(tempfile.mkdtemp(prefix="parley-mongod-", dir=_fast_folder()))
    server = Mongod(folder)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
        shutil.rmtree(folder, ignore_errors=True)


async def running_mongod() -> AsyncIterator[str]:
    """The address of a MongoDB that runs until the generator is closed; for a session's fixture."""
    async with a_mongod() as server:
        yield server.uri


def _fast_folder() -> str | None:
    """Memory instead of a disk where there is enough of it: every write of ours waits for the journal."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * GIB:
        return str(memory)
    return None
