"""A bot's turn through the whole product, beside the same bot asked directly in the same run.

`python -m benchmarks.turns [--turns N] [--at-once 1,8,32,64] [--bot rasa|scripted] [--bot-takes MS]
[--returning] [--stored N]`

Through the product: from the signed webhook to the answer at the provider, everything durable on the way.
Directly: the same question as HTTP to the same bot. They are asked in turn, so both meet the same machine.
Then so many are under way at once, with what one of them costs the processes. One at once here is one after
the other without a rest: what a turn leaves to be done after its answer is done beside the next one.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import uvloop

from benchmarks.commands import commands_in, summary, watched
from benchmarks.ingest import webhooks
from benchmarks.running import SECRET
from benchmarks.stage import (
    PHONE_NUMBER,
    SERVE,
    Cloud,
    Stage,
    a_stage,
    cpu,
    is_loaded,
    percentile,
    profiled,
    table,
    until,
    unwrapped,
)
from inbox.machine import bot
from inbox.model.ids import new_id
from tests.parley import ScriptedBot

NUMBERS = 8
"""WhatsApp numbers that customers write to in turn, so that no number's rate of 80 a second is measured."""

QUESTION = "What are your opening hours?"
Ask = Callable[[int], Awaitable[float]]


def phone_number(line: int) -> str:
    """The id that Meta gave to the number of that line."""
    return str(int(PHONE_NUMBER) + line)


@asynccontextmanager
async def a_bot(stage: Stage, kind: str, takes: float) -> AsyncIterator[None]:
    """The bot at the stage's address: the real Rasa with the model that is trained, or a script that takes so
    many seconds."""
    if kind == "scripted":
        scripted = ScriptedBot(stage.settings)
        scripted.pause = takes
        await scripted.start()
        yield
        await scripted.stop()
        return
    wiring = bot.wire(stage.settings, mongodb_uri=stage.settings.mongodb_uri or "", api_token="none")
    async with AsyncExitStack() as stack:
        for part in bot.parts(stage.settings, wiring):
            process = await bot.launch(part)
            stack.push_async_callback(process.stop)
        yield


class Customers:
    """Each turn is of another customer, so that no conversation grows long while it is measured.

    Nobody knows them, or they are `returning`: each has written once before, and was answered.
    """

    def __init__(self, stage: Stage, http: aiohttp.ClientSession, port: int) -> None:
        self._stage, self._http = stage, http
        self._answered: dict[str, asyncio.Future[float]] = {}
        self._requests: list[tuple[str, dict[str, str], bytes]] = []
        self._port = port

    async def write_first(self, count: int) -> None:
        """Let so many write for the first time, and be answered."""
        self.prepare(count)
        await together(self.through_parley, range(count), 8)
        self._requests.clear()

    def prepare(self, count: int) -> None:
        """Sign so many webhooks beforehand, each of another customer."""
        raw = webhooks(self._port, "/hooks/whatsapp", messages=count, contacts=count, run=new_id())
        for number, each in enumerate(raw):
            _, body = unwrapped(each)
            line = number % NUMBERS
            body = body.replace(PHONE_NUMBER.encode(), phone_number(line).encode())
            body = re.sub(rb"Where is my order \d+\?", QUESTION.encode(), body)
            digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}
            self._requests.append((f"http://127.0.0.1:{self._port}/hooks/line{line}", headers, body))

    def heard(self, body: dict[str, object]) -> None:
        """The provider was given an answer."""
        waiting = self._answered.pop(str(body["to"]).removeprefix("+"), None)
        if waiting and not waiting.done():
            waiting.set_result(time.perf_counter())

    async def through_parley(self, number: int) -> float:
        """Seconds from the webhook to the answer at the provider."""
        url, headers, body = self._requests[number]
        answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._answered[f"1650{number:07d}"] = answered
        began = time.perf_counter()
        async with self._http.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        async with asyncio.timeout(30):
            return await answered - began

    async def directly(self, number: int) -> float:
        """Seconds until the bot answers the same question asked by HTTP."""
        turn = {"turn_id": new_id(), "conversation_id": new_id(), "text": QUESTION, "payload": None}
        turn |= {"channel": {"id": f"line{number % NUMBERS}", "kind": "whatsapp"}, "language": None}
        turn |= {"metadata": {}}
        turn |= {"contact": {"id": new_id(), "name": f"Customer {number}"}}
        proof = {"Authorization": f"Bearer {self._stage.settings.bot_secret()}"}
        url = f"{self._stage.settings.bot_url}/webhooks/parley/turn"
        began = time.perf_counter()
        async with self._http.post(url, json=turn, headers=proof) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()
        return time.perf_counter() - began


async def one_by_one(
    customers: Customers, numbers: range, rest: float = 0
) -> tuple[list[float], list[float]]:
    """Seconds of turns through Parley and directly, one after the other, after a rest of so many each."""
    ours, bare = [], []
    for number in numbers:
        await asyncio.sleep(rest)
        bare.append(await customers.directly(number))
        ours.append(await customers.through_parley(number))
    return ours, bare


class Together(NamedTuple):
    """What so many turns under way at once came to."""

    at_once: int
    through: float
    """Turns a second through Parley."""
    directly: float
    cpu: list[float]
    """Seconds of CPU for one: of Parley, of MongoDB, and of this process, which is customers, provider and,
    if it is scripted, the bot."""
    began: float
    ended: float


async def together(ask: Ask, numbers: range, at_once: int) -> float:
    """Turns a second with so many under way."""
    queue = iter(numbers)
    began = time.perf_counter()

    async def hand() -> None:
        for number in queue:
            await ask(number)

    await asyncio.gather(*(hand() for _ in range(at_once)))
    return len(numbers) / (time.perf_counter() - began)


async def crowds(
    customers: Customers, start: int, count: int, sizes: list[int], pids: list[int]
) -> list[Together]:
    """`count` turns, not yet asked for, at each number at once."""
    done = []
    for at_once in sizes:
        numbers = range(start, start + count)
        start += count
        used, began = [cpu(pid) for pid in pids], time.perf_counter()
        many = await together(customers.through_parley, numbers, at_once)
        ended = time.perf_counter()
        each = [(cpu(pid) - before) / count for pid, before in zip(pids, used, strict=True)]
        least = await together(customers.directly, numbers, at_once)
        done.append(Together(at_once, many, least, each, began, ended))
    return done


async def main(options: argparse.Namespace) -> None:
    """Ask directly and through the product, and print both."""
    heard: list[Customers] = []
    cloud = Cloud(lambda body: heard[0].heard(body))
    connector = aiohttp.TCPConnector(limit=0)
    sizes = [int(size) for size in options.at_once.split(",")]
    async with (
        a_stage(options.stored) as stage,
        cloud.open(),
        a_bot(stage, options.bot, options.bot_takes / 1000),
        aiohttp.ClientSession(connector=connector) as http,
    ):
        for line in range(NUMBERS):
            await stage.add_whatsapp(f"line{line}", phone_number(line), cloud.url)
        argv = watched(Path(options.commands), SERVE) if options.commands else SERVE
        async with stage.serving(argv) as (port, pid):
            await until(lambda: _is_ready(port), 60)
            await is_loaded(pid)
            heard.append(customers := Customers(stage, http, port))
            warm, count = 20, options.turns
            many = options.many or count
            total = warm + count + many * len(sizes)
            if options.returning:
                await customers.write_first(total)
            customers.prepare(total)
            await one_by_one(customers, range(warm))
            used, began = cpu(pid), time.perf_counter()
            with profiled(pid, options.profile):
                ours, bare = await one_by_one(customers, range(warm, warm + count), options.rest / 1000)
            used, ended = (cpu(pid) - used) / count, time.perf_counter()
            pids = [pid, stage.mongod, os.getpid()]
            with profiled(pid, options.profile_many):
                crowd = await crowds(customers, warm + count, many, sizes, pids)
    overhead = percentile([whole - part for whole, part in zip(ours, bare, strict=True)], 0.5)
    rows = [
        ["the bot, asked directly", *_cells(bare)],
        ["through Parley", *_cells(ours)],
        ["difference of the medians", f"{(percentile(ours, 0.5) - percentile(bare, 0.5)) * 1000:.1f} ms", ""],
        ["CPU of Parley for one", f"{used * 1000:.1f} ms", ""],
    ]
    who = "returning" if options.returning else "new"
    table([f"turns, {options.bot}, {who} customers, one after the other", "p50", "p95"], rows)
    commands = _commands(options, began, ended, count, crowd, many)
    print()
    table(_HEAD, [_row(each, of) for each, of in zip(crowd, commands, strict=True)])
    print(json.dumps({"figure": overhead * 1000, "unit": "ms over the bot, median"}))
    print(f"ratio: {percentile(bare, 0.5) / percentile(ours, 0.5):.2f}")


_HEAD = ["at once", "a second", "the bot alone", "CPU of Parley for one", "MongoDB", "the rest", "commands"]


def _row(crowd: Together, commands: str) -> list[str]:
    cpu_cells = [f"{seconds * 1000:.1f} ms" for seconds in crowd.cpu]
    return [str(crowd.at_once), f"{crowd.through:,.0f}", f"{crowd.directly:,.0f}", *cpu_cells, commands]


def _commands(
    options: argparse.Namespace, began: float, ended: float, count: int, crowd: list[Together], many: int
) -> list[str]:
    """Print what was asked of MongoDB for a turn alone and with most at once; how many for one, each."""
    if not options.commands:
        return ["" for _ in crowd]
    path = Path(options.commands)
    table(["command", "", "for one", "median"], summary(commands_in(path, began, ended), count))
    asked = [commands_in(path, each.began, each.ended) for each in crowd]
    table([f"command, {crowd[-1].at_once} at once", "", "for one", "median"], summary(asked[-1], many))
    return [f"{len(each) / many:.1f}" for each in asked]


async def _is_ready(port: int) -> bool:
    """By a connection of its own: one over which pages were asked for is no longer the door's."""
    async with aiohttp.request("GET", f"http://127.0.0.1:{port}/readyz") as answer:
        return (await answer.json())["bot"] == "ready"


def _cells(seconds: list[float]) -> list[str]:
    return [f"{percentile(seconds, share) * 1000:.1f} ms" for share in (0.5, 0.95)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--at-once", default="1,8,32,64", help="numbers of turns at once, with commas")
    parser.add_argument("--many", type=int, help="turns at each of these, as many as --turns otherwise")
    parser.add_argument("--bot", choices=("rasa", "scripted"), default="rasa")
    parser.add_argument("--bot-takes", type=float, default=0, help="milliseconds the scripted bot thinks")
    parser.add_argument("--returning", action="store_true", help="customers who have written before")
    parser.add_argument("--rest", type=float, default=0, help="milliseconds before each turn that is alone")
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    parser.add_argument("--profile", help="file for what py-spy records of Parley")
    parser.add_argument("--profile-many", help="the same, of those at once")
    parser.add_argument("--commands", help="file for what Parley asks of MongoDB; it makes it slower")
    uvloop.run(main(parser.parse_args()))
