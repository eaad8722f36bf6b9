"""Programs that are measured: started on ports of ours, waited for, ended."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

SECRET = "the app's secret"
"""With which webhooks are signed."""


@contextmanager
def processes(argv: list[str], ports: list[int], environment: dict[str, str]) -> Iterator[list[int]]:
    """The same program once for each port, ended with the block. Yields their process ids."""
    started = [
        subprocess.Popen(argv, env={**os.environ, **environment, "PARLEY_HTTP_PORT": str(port)})
        for port in ports
    ]
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.send_signal(signal.SIGINT)
        for process in started:
            process.wait(timeout=20)


async def answering(ports: list[int]) -> None:
    """Wait until all of them answer."""
    async with aiohttp.ClientSession() as http:
        for port in ports:
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{port}/healthz"):
                        break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
