"""From a webhook to the agent's screen: the event in a connected Socket.IO client.

`python -m benchmarks.screen [--rate N] [--seconds N] [--agents N] [--stored N] [--profile FILE]`

The bound is a bare handler that checks the HMAC, inserts the message as durably, and writes the same row to
as many WebSockets.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp
import uvloop

from benchmarks.ingest import webhooks
from benchmarks.load import drive
from benchmarks.stage import (
    PHONE_NUMBER,
    Cloud,
    Stage,
    a_stage,
    cpu,
    percentile,
    profiled,
    table,
    until,
    unwrapped,
)
from tests.parley import ScriptedBot, answer

Join = Callable[[aiohttp.ClientSession, str, dict[str, str]], Awaitable[aiohttp.ClientWebSocketResponse]]
CONTACTS = 500
BARE = [sys.executable, "-m", "benchmarks.bare_screen"]


class Watch:
    """When each message was posted, and how long until each agent saw it."""

    def __init__(self) -> None:
        self.posted: dict[str, float] = {}
        self.seen: list[float] = []

    def saw(self, number: str) -> None:
        """An agent's page shows this message."""
        self.seen.append(time.perf_counter() - self.posted[number])


async def agent(
    http: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> aiohttp.ClientWebSocketResponse:
    """A page as Socket.IO goes over the wire: open, join `/agents`."""
    socket = await http.ws_connect(
        f"{url}/socket.io/?EIO=4&transport=websocket", headers=headers, compress=15
    )
    await socket.receive_str()
    await socket.send_str("40/agents,")
    while not (await socket.receive_str()).startswith("40/agents,"):
        continue
    return socket


async def listener(
    http: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> aiohttp.ClientWebSocketResponse:
    """A page of the bare handler."""
    return await http.ws_connect(f"{url}/live", compress=15)


async def watch(socket: aiohttp.ClientWebSocketResponse, seen: Watch) -> None:
    """Read all that comes; the first row of a message is when it was seen."""
    shown: set[str] = set()
    async for frame in socket:
        if frame.data == "2":
            await socket.send_str("3")
            continue
        text = frame.data
        place = text.find("Where is my order ")
        if place < 0:
            continue
        number = text[place + 18 : text.index("?", place)]
        if number in seen.posted and number not in shown:
            shown.add(number)
            seen.saw(number)


async def measure(
    stage: Stage, options: argparse.Namespace, join: Join, argv: list[str] | None, pages: list[dict[str, str]]
) -> tuple[list[float], float]:
    """Seconds from webhook to screen for every message and agent, and the process's CPU share."""
    seen = Watch()
    count = options.rate * options.seconds
    serving = stage.serving(argv) if argv else stage.serving()
    async with serving as (port, pid), aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{port}"
        sockets = [await join(http, url, headers) for headers in pages]
        seen.posted.clear()
        readers = [asyncio.create_task(watch(s, seen)) for s in sockets]
        warm = webhooks(port, "/hooks/whatsapp", messages=CONTACTS, contacts=CONTACTS, run=f"w{port}")
        await drive([port], warm, 20)  # the customers are known, and with people
        await until(stage.is_quiet, 60)
        load = [
            unwrapped(raw)
            for raw in webhooks(port, "/hooks/whatsapp", messages=count, contacts=CONTACTS, run=f"s{port}")
        ]
        posts = []
        clock = asyncio.get_running_loop().time
        used, began = cpu(pid), clock()
        with profiled(pid, options.profile if argv is None else None):
            for number, (headers, body) in enumerate(load):
                await asyncio.sleep(max(0.0, began + number / options.rate - clock()))
                seen.posted[str(number)] = time.perf_counter()
                posts.append(asyncio.create_task(_post(http, f"{url}/hooks/whatsapp", body, headers)))
            await asyncio.gather(*posts)
            share = (cpu(pid) - used) / (clock() - began)
            await asyncio.sleep(1.5)
        for reader in readers:
            reader.cancel()
        for socket in sockets:
            await socket.close()
    expected = count * len(pages)
    assert len(seen.seen) >= expected * 0.9, f"{len(seen.seen)} of {expected} were seen"
    return seen.seen, share


async def _post(http: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> None:
    async with http.post(url, data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def main(options: argparse.Namespace) -> None:
    """Measure the bound, then Parley, and print both."""
    cloud = Cloud(lambda body: None)
    async with a_stage(options.stored) as stage, cloud.open():
        bot = ScriptedBot(stage.settings)
        bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
        await bot.start()
        await stage.add_whatsapp("whatsapp", PHONE_NUMBER, cloud.url)
        pages = await stage.agents(options.agents)
        bare, bare_cpu = await measure(stage, options, listener, BARE, pages)
        ours, our_cpu = await measure(stage, options, agent, None, pages)
        await bot.stop()
    rows = []
    for name, seconds, share in (("bare handler", bare, bare_cpu), ("Parley", ours, our_cpu)):
        cells = [f"{percentile(seconds, p) * 1000:.1f} ms" for p in (0.5, 0.95, 0.99)]
        rows.append([f"{name}, {options.rate}/s, {options.agents} agents", *cells, f"{share:.0%}"])
    table(["webhook to screen", "p50", "p95", "p99", "CPU of a core"], rows)
    print(json.dumps({"figure": percentile(ours, 0.95) * 1000, "unit": "ms, p95"}))
    print(f"ratio: {percentile(bare, 0.5) / percentile(ours, 0.5):.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    parser.add_argument("--profile", help="file for what py-spy records of Parley")
    uvloop.run(main(parser.parse_args()))
