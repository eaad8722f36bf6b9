"""Fill a store as if a shop had been at it for a year: contacts, conversations, messages, words to find them.

`python -m benchmarks.seed --uri URI --db NAME [--conversations N] [--messages N] [--processes N]`

Written in bulk by several processes, before there are indexes. A million conversations are possible.
"""

import argparse
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from pymongo import MongoClient

from benchmarks.shop import Document, conversation
from inbox.store import Store

_CHUNK = 2_000


class Share(NamedTuple):
    """What one process writes: conversations `first` to `last` of `of`."""

    uri: str
    db: str
    first: int
    last: int
    of: int
    messages: int
    """Of each conversation."""


def write(share: Share) -> int:
    """Write one share and say how many messages that were."""
    client: MongoClient[Document] = MongoClient(share.uri, w=1)
    database, written = client[share.db], 0
    for start in range(share.first, share.last, _CHUNK // share.messages + 1):
        batch: dict[str, list[Document]] = {
            "contacts": [],
            "conversations": [],
            "messages": [],
            "findings": [],
        }
        for number in range(start, min(share.last, start + _CHUNK // share.messages + 1)):
            for collection, document in conversation(number, share.of, share.messages):
                batch[collection].append(document)
        for collection, documents in batch.items():
            database[collection].insert_many(documents, ordered=False)
        written += len(batch["messages"])
    client.close()
    return written


async def seed(uri: str, db: str, *, conversations: int, messages: int, processes: int = 2) -> int:
    """Fill an empty database and make its indexes. How many messages it has then."""
    each = max(1, round(messages / max(1, conversations)))
    slices = max(processes, conversations // 20_000)
    bounds = [conversations * n // slices for n in range(slices + 1)]
    shares = [
        Share(uri, db, first, last, conversations, each) for first, last in pairwise(bounds) if first < last
    ]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(processes, mp_context=_spawned()) as pool:
        written = sum(await asyncio.gather(*(loop.run_in_executor(pool, write, share) for share in shares)))
    store = await Store.open(uri, db)
    now = datetime.now(UTC)
    while await store.tallies.go_on(now, 1_000) == 1_000:
        pass
    await store.findings.keep_place(f"{int(now.timestamp() * 1000):012x}")
    store.close()
    return written


async def is_seeded(uri: str, db: str) -> bool:
    """Whether that was done, to its end."""
    with MongoClient[Document](uri) as client:
        return client[db].progress.find_one({"_id": "findings"}) is not None


def _spawned() -> Any:
    import multiprocessing

    return multiprocessing.get_context("spawn")


async def main(options: argparse.Namespace) -> None:
    """Seed the database that the command line names."""
    began = time.perf_counter()
    written = await seed(
        options.uri,
        options.db,
        conversations=options.conversations,
        messages=options.messages,
        processes=options.processes,
    )
    seconds = time.perf_counter() - began
    print(f"{options.conversations:,} conversations, {written:,} messages in {seconds:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True, help="an empty MongoDB that is a replica set")
    parser.add_argument("--db", required=True)
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    asyncio.run(main(parser.parse_args()))
