"""What an installation uses while nothing happens: seconds of processor time a minute.

`python -m benchmarks.rest [--stored N] [--seconds N] [--commands FILE]`

Measured are one process of Parley and its MongoDB, some while after the start: with an empty store, and with
one of `--stored` conversations. No bot is there, as with `parley up --no-bot`. The bound is a bare aiohttp
handler, which asks its MongoDB nothing.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import uvloop

from benchmarks.commands import Command, commands_in, watched
from benchmarks.ingest import BARE
from benchmarks.stage import PHONE_NUMBER, SERVE, a_stage, cpu, table

_NOWHERE = "http://127.0.0.1:9"


class Rest(NamedTuple):
    """Seconds of processor time a minute, and what MongoDB was asked meanwhile, if that was watched."""

    process: float
    mongod: float
    commands: Sequence[Command] = ()


async def at_rest(options: argparse.Namespace, stored: int, argv: list[str]) -> Rest:
    """Let a process come to rest over a store of so many conversations, and look at it."""
    watching = Path(options.commands) if options.commands and argv == SERVE else None
    async with a_stage(stored) as stage:
        await stage.add_whatsapp("whatsapp", PHONE_NUMBER, _NOWHERE)
        program = watched(watching, argv) if watching else argv
        async with stage.serving(program, PARLEY_BOT_START="0") as (_, pid):
            await asyncio.sleep(options.settle)
            pids = (pid, stage.mongod)
            before, began = [cpu(each) for each in pids], time.perf_counter()
            await asyncio.sleep(options.seconds)
            ended = time.perf_counter()
            used = [(cpu(each) - was) * 60 / (ended - began) for each, was in zip(pids, before, strict=True)]
        return Rest(*used, commands_in(watching, began, ended) if watching else ())


async def main(options: argparse.Namespace) -> None:
    """Measure and print all."""
    cases = [("bare handler", 0, BARE), ("Parley, empty", 0, SERVE)]
    if options.stored:
        cases.append((f"Parley, {options.stored:,} conversations", options.stored, SERVE))
    rows = []
    for name, stored, argv in cases:
        rest = await at_rest(options, stored, argv)
        asked = Counter((each.name, each.collection) for each in rest.commands)
        for (command, collection), count in asked.most_common():
            print(f"{name}: {count / options.seconds:.2f} a second: {command} {collection}", flush=True)
        rows.append([name, f"{rest.process:.2f}", f"{rest.mongod:.2f}"])
    table(["", "process, s a minute", "MongoDB, s a minute"], rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--stored", type=int, default=100_000, help="conversations; 0 for the empty store alone"
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--settle", type=float, default=30, help="seconds until it is looked at")
    parser.add_argument("--commands", help="file for what is asked of MongoDB; it makes it slower")
    uvloop.run(main(parser.parse_args()))
