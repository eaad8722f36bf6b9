"""The web process: `parley serve`, watched until it answers."""

import asyncio
import errno
import sys
from collections.abc import Mapping

import aiohttp

from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port, holder, why_not
from inbox.machine.process import Process, Program, start
from inbox.settings import Settings

START_SECONDS = 60


def check_port(settings: Settings) -> None:
    """Raise `MachineTrouble` unless the inbox could listen, naming who holds the port if somebody does."""
    host, port = settings.http_host, settings.http_port
    error = why_not(port, host)
    if error is None:
        return
    if error.errno != errno.EADDRINUSE:
        raise MachineTrouble(
            f"The inbox cannot listen on {host}, port {port}: {error.strerror}. "
            "Set PARLEY_HTTP_HOST and PARLEY_HTTP_PORT to an address of this machine and a port over 1023."
        )
    by = holder(port)
    raise MachineTrouble(
        f"Port {port} is taken{f' by {by}' if by else ''}. End that program, or choose another port: "
        f"PARLEY_HTTP_PORT={free_port(port + 1)} make run"
    )


def program(settings: Settings) -> Program:
    """`parley serve` with these settings."""
    return Program(
        name="The inbox",
        argv=(sys.executable, "-m", "inbox.cli", "serve"),
        log=settings.home / "log" / "web.log",
        environment=settings.environment(),
    )


def local_address(settings: Settings) -> str:
    """Where processes of this machine reach the inbox."""
    host = settings.http_host
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
    return f"http://{anywhere.get(host, f'[{host}]' if ':' in host else host)}:{settings.http_port}"


async def launch(settings: Settings) -> Process:
    """Start it and wait until it answers. Raises `MachineTrouble` with the end of its log."""
    process = await start(program(settings))
    await answering(process, f"{local_address(settings)}/healthz", within=START_SECONDS)
    return process


async def answering(
    process: Process, url: str, *, within: float, headers: Mapping[str, str] | None = None
) -> None:
    """Wait until the process answers 200 at `url`.

    When it ends before or takes longer it is stopped, and `MachineTrouble` carries the end of its log.
    """
    try:
        async with asyncio.timeout(within):
            while process.is_running and not await _answers(url, headers):
                await asyncio.sleep(0.1)
    except TimeoutError:
        await process.stop()
        raise MachineTrouble(_failed(process, f"did not answer within {within:g} s")) from None
    except asyncio.CancelledError:
        await process.stop()
        raise
    if not process.is_running:
        raise MachineTrouble(_failed(process, f"ended at its start with code {await process.ended()}"))


async def _answers(url: str, headers: Mapping[str, str] | None) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http,
            http.get(url, headers=headers) as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _failed(process: Process, how: str) -> str:
    return f"{process.program.name} {how}:\n{process.last_words()}\nIts log is {process.program.log}."
