"""The bot beside stock Rasa: the same conversations, actions and MongoDB, one server after the other.

`python -m benchmarks.bot [--conversations N] [--turns N] [--long N] [--only stock|parley]`

CPU is the server process's own clock, read from outside around each turn; actions, MongoDB and this
load generator are other processes.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import aiohttp
import uvloop

from benchmarks.bot_servers import Parley, Server, Stock, orders_api, running_actions
from benchmarks.bot_talk import talk
from tests.mongo import a_mongod

AT_ONCE = 32
EARLY, LATE = slice(4, 14), slice(-10, None)
"""Turns 5 to 14 stand for the tenth, the last ten for the last: one turn alone says little."""


class Figures(NamedTuple):
    """What one server came to."""

    ready: list[float]
    """Seconds from the start of the process to the first health or page of 200, each start."""
    cpu: list[float]
    """Milliseconds of CPU, each turn of short conversations, one after the other."""
    per_second: float
    """Turns a second with 32 conversations at once."""
    long_cpu: list[float]
    """Milliseconds of CPU, each turn of one long conversation."""
    memory: float
    """MB resident at the end."""

    @property
    def growth(self) -> float:
        """The last turns of the long conversation against its tenth."""
        return statistics.median(self.long_cpu[LATE]) / statistics.median(self.long_cpu[EARLY])


async def converse(server: Server, http: aiohttp.ClientSession, name: str, turns: int) -> list[float]:
    """One conversation. Answers the server's CPU for each turn, in milliseconds."""
    spent = []
    for said in islice(talk(name), turns):
        before = server.cpu()
        server.unanswered += not await server.ask(http, name, said)
        spent.append((server.cpu() - before) * 1000)
    return spent


async def measure(server: Server, options: argparse.Namespace) -> Figures:
    """Everything about one server. Raises AssertionError if one turn in fifty was not answered."""
    ready = []
    for _ in range(options.starts - 1):
        ready.append(await server.start())
        server.stop()
    ready.append(await server.start())
    limit = aiohttp.ClientTimeout(total=120)
    try:
        async with aiohttp.ClientSession(timeout=limit) as http:
            await converse(server, http, "warm", 20)
            cpu = []
            for number in range(options.conversations):
                cpu += await converse(server, http, f"one-{number}", options.turns)
            began = time.perf_counter()
            await asyncio.gather(
                *(converse(server, http, f"many-{n}", options.turns) for n in range(AT_ONCE))
            )
            per_second = AT_ONCE * options.turns / (time.perf_counter() - began)
            long_cpu = await converse(server, http, "long", options.long)
        turns = len(cpu) + AT_ONCE * options.turns + len(long_cpu)
        assert server.unanswered < turns / 50, f"{server.unanswered} of {turns} turns were not answered"
    finally:
        memory = server.memory()
        server.stop()
    return Figures(ready, cpu, per_second, long_cpu, memory)


def show(name: str, it: Figures) -> None:
    """One server's figures in a line."""
    early, late = (statistics.median(it.long_cpu[part]) for part in (EARLY, LATE))
    print(
        f"{name:12} ready {statistics.median(it.ready):5.1f} s   "
        f"CPU a turn {statistics.median(it.cpu):6.2f} ms   {it.per_second:6.1f} turns/s   "
        f"turn 10 {early:6.2f} ms   turn {len(it.long_cpu)} {late:7.2f} ms   {it.memory:5.0f} MB",
        flush=True,
    )


async def main(options: argparse.Namespace) -> None:
    """Measure both and print figures and ratios."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        async with a_mongod() as mongod, orders_api() as orders, running_actions(orders) as actions:
            for kind in (Stock, Parley):
                if options.only in (None, kind.name):
                    server = kind(Path(folder), mongod.uri, actions)
                    server.train()
                    figures[kind.name] = await measure(server, options)
                    show(kind.name, figures[kind.name])
    if len(figures) < 2:
        return
    stock, ours = figures[Stock.name], figures[Parley.name]
    cpu = statistics.median(ours.cpu) / statistics.median(stock.cpu)
    print(f"CPU a turn, goal 0.33 or less; ratio: {cpu:.2f}")
    print(f"turns a second, 32 at once, goal 4 or more; ratio: {ours.per_second / stock.per_second:.1f}")
    print(
        f"turn {options.long} against turn 10, goal 1.2 or less; ratio: {ours.growth:.2f}"
        f" (stock: {stock.growth:.2f})"
    )
    ready = statistics.median(ours.ready) / statistics.median(stock.ready)
    print(f"ready after start, goal 0.5 or less; ratio: {ready:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=6, help="one after the other, for the CPU")
    parser.add_argument("--turns", type=int, default=20, help="of each conversation")
    parser.add_argument("--long", type=int, default=240, help="turns of the long conversation")
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--only", choices=("stock", "parley"))
    uvloop.run(main(parser.parse_args()))
