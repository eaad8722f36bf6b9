"""Signed WhatsApp webhooks to a committed transaction, beside a bare handler that does the least.

`python -m benchmarks.ingest [--messages N] [--contacts N] [--connections N] [--processes N] [--stored N]`
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import uvloop

from benchmarks.load import Outcome, drive, request
from benchmarks.running import SECRET, answering, processes
from benchmarks.seed import seed
from benchmarks.stage import cpu, profiled, table
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.machine.ports import free_port
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.mongo import a_mongod
from tests.parley import settings_for

_REST = 6.0
"""Seconds for which a process loads its libraries after it has begun to answer."""


def webhooks(port: int, path: str, *, messages: int, contacts: int, run: str) -> list[bytes]:
    """So many requests with one message each, from so many customers in turn."""
    made = []
    for number in range(messages):
        phone = f"1650{number % contacts:07d}"
        body = json.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [
                    {
                        "id": "102290129340398",
                        "changes": [
                            {
                                "field": "messages",
                                "value": {
                                    "messaging_product": "whatsapp",
                                    "metadata": {
                                        "display_phone_number": "15550783881",
                                        "phone_number_id": "106540352242922",
                                    },
                                    "contacts": [{"profile": {"name": f"Customer {phone}"}, "wa_id": phone}],
                                    "messages": [
                                        {
                                            "from": phone,
                                            "id": f"wamid.{run}{number:09d}",
                                            "timestamp": str(int(time.time())),
                                            "type": "text",
                                            "text": {"body": f"Where is my order {number}?"},
                                        }
                                    ],
                                },
                            }
                        ],
                    }
                ],
            }
        ).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}
        made.append(request(port, path, body, headers))
    return made


class Measured(NamedTuple):
    """A load, and what it cost: microseconds of processor time a message, for all processes together."""

    outcome: Outcome
    servers: float
    mongod: float


async def measure(
    settings: Settings, argv: list[str], options: argparse.Namespace, mongod: int, **environment: str
) -> Measured:
    """Let the processes come to rest, warm them up, then drive the load."""
    ports = [free_port() for _ in range(options.processes)]
    path = "/hooks/whatsapp"
    with processes(argv, ports, settings.environment() | environment) as pids:
        await answering(ports)
        await asyncio.sleep(_REST)
        warm = webhooks(ports[0], path, messages=options.contacts, contacts=options.contacts, run="warm")
        await drive(ports, warm, options.connections)
        load = webhooks(ports[0], path, messages=options.messages, contacts=options.contacts, run="run")
        before = [cpu(pid) for pid in (mongod, *pids)]
        with profiled(pids[0], options.profile if "inbox.cli" in argv else None):
            outcome = await drive(ports, load, options.connections)
        spent = [(cpu(pid) - was) * 1e6 / len(load) for pid, was in zip((mongod, *pids), before, strict=True)]
    return Measured(outcome, sum(spent[1:]), spent[0])


async def main(options: argparse.Namespace) -> None:
    """Measure the bounds, then Parley, and print all."""
    async with a_mongod() as mongod:
        with tempfile.TemporaryDirectory() as home:
            settings = settings_for(mongod.uri, Path(home))
            bare = [sys.executable, "-m", "benchmarks.bare"]
            bound = await measure(settings, bare, options, mongod.pid)
            singly = await measure(settings, bare, options, mongod.pid, BARE_SINGLY="yes")
            if options.stored:
                await seed(
                    mongod.uri,
                    settings.mongodb_db,
                    conversations=options.stored,
                    messages=options.stored * 5,
                )
            store = await Store.open(mongod.uri, settings.mongodb_db)
            before = await store._database.messages.count_documents({"direction": "in"})
            await add_channel(
                "whatsapp",
                "whatsapp",
                settings={
                    "phone_number_id": "106540352242922",
                    "access_token": "t",
                    "app_secret": SECRET,
                    "verify_token": "v",
                    "api_base": "http://127.0.0.1:9",
                },
                store=store,
                vault=Vault(settings.secret()),
                clock=now,
            )
            serve = [sys.executable, "-m", "inbox.cli", "serve"]
            ours = await measure(settings, serve, options, mongod.pid)
            kept = await store._database.messages.count_documents({"direction": "in"}) - before
            store.close()
    assert kept == options.messages + options.contacts, f"{kept} kept"
    shown = {"bare handler": bound, "the same, each webhook inserted by itself": singly, "Parley": ours}
    table(
        ["", "messages/s", "p50 ms", "p95 ms", "p99 ms", "µs of the processes", "µs of MongoDB", "answers"],
        [_row(name, measured) for name, measured in shown.items()],
    )
    print(json.dumps({"figure": ours.outcome.per_second, "unit": "messages/s"}))
    print(f"ratio: {ours.outcome.per_second / bound.outcome.per_second:.2f}")


def _row(name: str, measured: Measured) -> list[str]:
    outcome = measured.outcome
    delays = [f"{outcome.percentile(share):.0f}" for share in (0.5, 0.95, 0.99)]
    costs = [f"{measured.servers:.0f}", f"{measured.mongod:.0f}"]
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(outcome.statuses.items()))
    return [name, f"{outcome.per_second:,.0f}", *delays, *costs, answers]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--contacts", type=int, default=5_000)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    parser.add_argument(
        "--profile", help="a file for py-spy to write where the first process spends its time"
    )
    uvloop.run(main(parser.parse_args()))
