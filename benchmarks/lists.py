"""Lists, filters, counts, search and threads over a big store, one question at a time over HTTP.

`python -m benchmarks.lists [--stored N] [--keep FOLDER] [--rounds N] [--only WORDS] [--profile FILE]`

To fill a store with a million takes half an hour: with `--keep` that is done once.

The bound is to read the fifty documents of a page by their ids with the driver, and to write them as JSON.
"""

import argparse
import functools
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec
import uvloop

from benchmarks.questions import QUESTIONS
from benchmarks.shop import agent_id, team_id
from benchmarks.stage import Stage, a_stage, cpu, percentile, profiled, table
from inbox.actions.people import open_session
from inbox.app import now
from inbox.http.lists import cursor_of
from inbox.model.people import Role, User
from inbox.model.team import Team

_API = "/api/v1"
_DEEP = 100 * 50
_READ = {"op": {"$in": ["query", "getmore", "command"]}, "keysExamined": {"$exists": True}}


class Busy(Exception):
    """Parley took longer than it lets people wait."""


class Answered(NamedTuple):
    """How long a question took each time, and what MongoDB looked at for one."""

    seconds: list[float]
    keys: int
    documents: int


async def times(ask: Callable[[], Awaitable[Any]], rounds: int) -> list[float]:
    """Seconds of each of so many rounds but the first (cold) one; infinitely many of what was refused."""
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        try:
            await ask()
            taken.append(time.perf_counter() - began)
        except Busy:
            taken.append(inf)
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


async def an_agent(stage: Stage) -> dict[str, str]:
    """One to whom conversations were assigned, in no private team: the headers of their requests."""
    email = "agent@example.com"
    user = User(id=agent_id(0), email=email, name="Ann", role=Role.AGENT, password_hash="", created_at=now())
    await stage.store.users.put(user)
    await stage.store.teams.put(
        Team(id=team_id(0), name="Private", is_private=True, members=("nobody",), updated_at=now())
    )
    return {"Cookie": f"parley={await open_session(user, store=stage.store, clock=now)}"}


async def filled_in(stage: Stage, get: Callable[[str], Awaitable[Any]]) -> dict[str, str]:
    """What the braces of questions stand for."""
    first = json.loads(await get("/conversations?tab=all"))
    number = str(10_000 + random.Random(5).randrange(90_000))
    database = stage.store._database
    return {
        "cursor": first["next_cursor"],
        "deep": await _cursor(database.conversations, {"status": "open"}, "listed_at"),
        "deep_resolved": await _cursor(database.conversations, {"status": "resolved"}, "listed_at"),
        "deep_contacts": await _cursor(database.contacts, {}, "updated_at"),
        "number": number,
        **{f"begun{length}": number[:length] for length in range(1, 5)},
        "id": first["items"][0]["id"],
        "contact": first["items"][0]["contact"]["id"],
        "since": json.loads(await get("/conversations/changes"))["cursor"],
    }


async def _cursor(collection: Any, query: dict[str, Any], field: str) -> str:
    """Where the hundredth page begins; in a small store, the middle one."""
    there = await collection.count_documents(query, limit=2 * _DEEP)
    passed = min(_DEEP - 1, there // 2)
    found = collection.find(query, {field: 1}).sort([(field, -1), ("_id", -1)]).skip(passed).limit(1)
    last = (await found.to_list(1))[0]
    return cursor_of(last[field].replace(tzinfo=UTC), last["_id"])


async def looked_at(stage: Stage, ask: Callable[[], Awaitable[Any]]) -> tuple[int, int]:
    """How many keys and documents MongoDB examines for a question."""
    database = stage.store._database
    await database.command("profile", 2)
    with suppress(Busy):
        await ask()
    await database.command("profile", 0)
    told = await database["system.profile"].find(_READ).to_list(None)
    await database["system.profile"].drop()
    return sum(t["keysExamined"] for t in told), sum(t.get("docsExamined", 0) for t in told)


async def measure(stage: Stage, options: argparse.Namespace) -> dict[str, Answered]:
    """Ask each question so many times."""
    headers, found = await an_agent(stage), dict[str, Answered]()
    async with stage.serving() as (port, pid), aiohttp.ClientSession(headers=headers) as http:

        async def get(path: str) -> Any:
            async with http.get(f"http://127.0.0.1:{port}{_API}{path}") as answer:
                raw = await answer.read()
                if answer.status == 503:
                    raise Busy
                assert answer.status == 200, raw
                return raw

        asked = await filled_in(stage, get)
        used, began = cpu(pid), time.perf_counter()
        with profiled(pid, options.profile):
            for name, path in QUESTIONS.items():
                if options.only not in name:
                    continue
                ask = functools.partial(get, path.format_map(asked))
                found[name] = Answered(await times(ask, options.rounds), *await looked_at(stage, ask))
        share = (cpu(pid) - used) / (time.perf_counter() - began)
        print(f"<!-- {share:.0%} of a core in Python, the rest waits for MongoDB -->")
    return found


async def main(options: argparse.Namespace) -> None:
    """Measure the bound and every question, and print them."""
    async with a_stage(options.stored, keep=options.keep, bot_start=0) as stage:
        least = percentile(await bound(stage, options.rounds), 0.5)
        ours = await measure(stage, options)
    rows = [["fifty documents by their ids (the bound)", f"{least * 1000:.1f} ms", "", "50", "50"]]
    for name, (seconds, keys, documents) in ours.items():
        spent = [f"{percentile(seconds, p) * 1000:.1f} ms" for p in (0.5, 0.95)]
        rows.append([name, *spent, f"{keys:,}", f"{documents:,}"])
    size = f"{options.stored:,} conversations, {options.stored * 5:,} messages"
    table([size, "p50", "p95", "keys", "documents"], rows)
    medians = [percentile(each.seconds, 0.5) for each in ours.values()]
    print(json.dumps({"figure": max(medians) * 1000, "unit": "ms, the slowest question"}))
    print(f"ratio: {least / medians[0]:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=100_000, help="conversations; a million is possible")
    parser.add_argument(
        "--keep",
        type=lambda given: Path(given).resolve(),
        help="a folder for the store, to be used again the next time",
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default="", help="the questions with this in their names")
    parser.add_argument("--profile", help="file for what py-spy records of Parley")
    uvloop.run(main(parser.parse_args()))
