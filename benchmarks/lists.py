"""Lists, filters, counts, search and threads over a big store, one question at a time over HTTP.

`python -m benchmarks.lists [--stored N] [--rounds N] [--profile FILE]`

The bound is to read the fifty documents of a page by their ids with the driver, and to write them as JSON.
"""

import argparse
import json
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import uvloop

from benchmarks.seed import agent_id
from benchmarks.stage import Stage, a_stage, cpu, percentile, profiled, table
from inbox.actions.people import open_session
from inbox.app import now

_API = "/api/v1"
QUESTIONS: dict[str, str] = {
    "list, all": "/conversations?tab=all",
    "list, second page": "/conversations?tab=all&cursor={cursor}",
    "list, unassigned": "/conversations?tab=unassigned",
    "list, mine": "/conversations?tab=mine",
    "list, longest waiting": "/conversations?tab=all&sort=waiting",
    "list, resolved": "/conversations?tab=all&status=resolved",
    "list, of one channel": "/conversations?tab=all&channel_id=rcs",
    "counts": "/counts",
    "search, a number in few messages": "/conversations?tab=all&status=any&q={number}",
    "search, a customer's name": "/conversations?tab=all&status=any&q=Okafor",
    "search, a word in many messages": "/conversations?tab=all&status=any&q=order",
    "open a thread": "/conversations/{id}/messages",
    "changes since": "/conversations/changes?since={since}",
}


async def times(ask: Callable[[], Awaitable[Any]], rounds: int) -> list[float]:
    """Seconds of each of so many rounds, the first (cold) one left out."""
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return taken[1:]


async def bound(stage: Stage, rounds: int) -> list[float]:
    """Fifty documents by their ids, as JSON."""
    conversations = stage.store._database.conversations
    ids = [
        d["_id"] async for d in conversations.find({"status": "open"}, {"_id": 1}).sort("_id", -1).limit(50)
    ]

    async def read() -> bytes:
        found = await conversations.find({"_id": {"$in": ids}}).to_list(None)
        return msgspec.json.encode({"items": found})

    return await times(read, rounds)


async def measure(stage: Stage, options: argparse.Namespace) -> dict[str, list[float]]:
    """Ask each question so many times."""
    user = await stage.store.users.first({"email": "agent0@example.com"})
    assert user is not None
    known = msgspec.structs.replace(user, id=agent_id(0), email="agent@example.com")
    await stage.store.users.add(known)
    cookie = {"Cookie": f"parley={await open_session(known, store=stage.store, clock=now)}"}
    found: dict[str, list[float]] = {}
    async with stage.serving() as (port, pid), aiohttp.ClientSession(headers=cookie) as http:

        async def get(path: str) -> Any:
            async with http.get(f"http://127.0.0.1:{port}{_API}{path}") as answer:
                raw = await answer.read()
                assert answer.status == 200, raw
                return raw

        first = json.loads(await get("/conversations?tab=all"))
        asked = {
            "cursor": first["next_cursor"],
            "number": str(10_000 + random.Random(5).randrange(90_000)),
            "id": first["items"][0]["id"],
            "since": json.loads(await get("/conversations/changes"))["cursor"],
        }
        used, began = cpu(pid), time.perf_counter()
        with profiled(pid, options.profile):
            for name, path in QUESTIONS.items():
                whole = path.format_map(asked)
                found[name] = await times(lambda whole=whole: get(whole), options.rounds)
        share = (cpu(pid) - used) / (time.perf_counter() - began)
        print(f"<!-- {share:.0%} of a core in Python, the rest waits for MongoDB -->")
    return found


async def main(options: argparse.Namespace) -> None:
    """Measure the bound and every question, and print them."""
    async with a_stage(options.stored, bot_start=0) as stage:
        await stage.agents(1)
        least = percentile(await bound(stage, options.rounds), 0.5)
        ours = await measure(stage, options)
    rows = [["fifty documents by their ids (the bound)", f"{least * 1000:.1f} ms", ""]]
    for name, seconds in ours.items():
        rows.append([name, *(f"{percentile(seconds, p) * 1000:.1f} ms" for p in (0.5, 0.95))])
    table([f"{options.stored:,} conversations, {options.stored * 5:,} messages", "p50", "p95"], rows)
    page = percentile(ours["list, all"], 0.5)
    slowest = max(percentile(seconds, 0.5) for seconds in ours.values())
    print(json.dumps({"figure": slowest * 1000, "unit": "ms, the slowest question"}))
    print(f"ratio: {least / page:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=100_000, help="conversations; a million is possible")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--profile", help="file for what py-spy records of Parley")
    uvloop.run(main(parser.parse_args()))
