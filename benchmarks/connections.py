"""Idle visitors of the web chat on one process: memory for each, and all of them coming back at once.

`python -m benchmarks.connections [--visitors N] [--stored N]`

The bound is a bare aiohttp server that holds as many WebSockets and says nothing.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import aiohttp
import uvloop

from benchmarks.stage import Stage, a_stage, cpu, memory, table
from inbox.actions.samples import add_samples
from inbox.app import now
from inbox.model.secrets import Vault

AT_ONCE = 100
BARE = [sys.executable, "-m", "benchmarks.bare_screen"]
Socket = aiohttp.ClientWebSocketResponse
Join = Callable[[aiohttp.ClientSession, int, str | None], Awaitable[tuple[Socket, str | None]]]


class Held(NamedTuple):
    """What so many idle connections cost."""

    each: float
    """Bytes of memory."""
    storm: float
    """Seconds until all are back, having been cut off at once."""
    idle: float
    """CPU, as a share of a core, while nobody says anything."""


async def visitor(http: aiohttp.ClientSession, port: int, token: str | None) -> tuple[Socket, str | None]:
    """A widget as Socket.IO goes over the wire, until it has its welcome."""
    socket = await http.ws_connect(
        f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", compress=15
    )
    await socket.receive_str()
    await socket.send_str("40/visitors," + json.dumps({"channel_id": "webchat", "token": token}))
    while True:
        frame = await socket.receive_str()
        if frame.startswith("44"):
            raise AssertionError(frame)
        if frame.startswith("42/visitors,"):
            _, welcome = json.loads(frame.removeprefix("42/visitors,"))
            return socket, welcome["token"]


async def guest(http: aiohttp.ClientSession, port: int, token: str | None) -> tuple[Socket, str | None]:
    """A connection to the bare server."""
    return await http.ws_connect(f"http://127.0.0.1:{port}/live", compress=15), None


async def answer(socket: Socket) -> None:
    """Keep the connection: the server pings."""
    async for frame in socket:
        if frame.data == "2":
            await socket.send_str("3")


async def everybody(http: aiohttp.ClientSession, port: int, join: Join, tokens: list[Any]) -> list[Any]:
    """Connect them all, as fast as they are let in."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(token: str | None) -> tuple[Socket, str | None]:
        async with gate:
            return await join(http, port, token)

    return await asyncio.gather(*(one(token) for token in tokens))


async def measure(stage: Stage, join: Join, argv: list[str] | None, count: int, idle_seconds: float) -> Held:
    """Connect, sit, cut off, come back."""
    serving = stage.serving(argv) if argv else stage.serving()
    connector = aiohttp.TCPConnector(limit=0)
    async with serving as (port, pid), aiohttp.ClientSession(connector=connector) as http:
        for socket, _ in await everybody(http, port, join, [None] * 200):  # what is made once is made now
            await socket.close()
        await asyncio.sleep(5)
        before = memory(pid)
        here = await everybody(http, port, join, [None] * count)
        keeping = [asyncio.create_task(answer(socket)) for socket, _ in here]
        await asyncio.sleep(5)
        each = (memory(pid) - before) / count
        used, began = cpu(pid), time.perf_counter()
        await asyncio.sleep(idle_seconds)
        idle = (cpu(pid) - used) / (time.perf_counter() - began)
        for task in keeping:
            task.cancel()
        for socket, _ in here:
            transport = socket._writer.transport if socket._writer else None
            if transport:
                transport.abort()  # as when the network goes
        began = time.perf_counter()
        back = await everybody(http, port, join, [token for _, token in here])
        storm = time.perf_counter() - began
        assert [token for _, token in back] == [token for _, token in here], "somebody is another visitor now"
        for socket, _ in back:
            if socket._writer:
                socket._writer.transport.abort()
    return Held(each, storm, idle)


async def main(options: argparse.Namespace) -> None:
    """Measure the bound, then Parley, and print both."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    async with a_stage(options.stored, bot_start=0) as stage:
        vault = Vault(stage.settings.secret())
        await add_samples(store=stage.store, vault=vault, clock=now)
        bare = await measure(stage, guest, BARE, options.visitors, options.idle)
        ours = await measure(stage, visitor, None, options.visitors, options.idle)
    rows = [
        [
            name,
            f"{held.each / 1024:.1f} KiB",
            f"{held.storm:.1f} s",
            f"{options.visitors / held.storm:,.0f}/s",
            f"{held.idle:.1%}",
        ]
        for name, held in (("bare WebSockets", bare), ("Parley, one process", ours))
    ]
    head = [f"{options.visitors:,} idle visitors", "memory for each", "all back after", "that is", "CPU idle"]
    table(head, rows)
    print(json.dumps({"figure": options.visitors / ours.storm, "unit": "visitors back/s"}))
    print(f"ratio: {bare.each / ours.each:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=5_000)
    parser.add_argument("--idle", type=float, default=25, help="seconds of sitting there: a round of pings")
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    uvloop.run(main(parser.parse_args()))
