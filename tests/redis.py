"""A real Redis for tests, on a free port, keeping nothing. `scripts/redis` brings it where there is none."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from inbox.machine.ports import free_port
from inbox.machine.process import Process, Program, start

ROOT = Path(__file__).resolve().parent.parent


class RedisServer:
    """A running Redis that a test may kill, freeze and bring back on the same port."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = {"--port": str(self.port), "--bind": "127.0.0.1", "--save": "", "--dir": str(folder)}
        argv = (program, *(part for option in options.items() for part in option))
        self._program = Program(name="redis", argv=argv, log=folder / "redis.log")
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = await start(self._program)
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                assert self._process.is_running, self._process.last_words()
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return

    async def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.send(signal.SIGKILL)
            await self._process.ended()
            self._process = None

    def freeze(self) -> None:
        """Let it live and answer nothing."""
        assert self._process is not None
        self._process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send(signal.SIGCONT)


@asynccontextmanager
async def a_redis(folder: Path) -> AsyncIterator[RedisServer]:
    """A Redis of one's own."""
    server = RedisServer(await asyncio.to_thread(_program), folder)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


def _program() -> str:
    """Where Redis is. Fails, saying what to do, if there is none and none can be brought."""
    return subprocess.run(
        ROOT / "scripts" / "redis", check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
