"""Signed WhatsApp webhooks to a committed transaction, beside a bare handler that does the least.

`python -m benchmarks.ingest [--messages N] [--contacts N] [--connections N…] [--processes N] [--stored N]`

A connection sends its next webhook when the last one is answered, as a provider does, so their number is how
many messages can be under way: 200 connections and 57 ms an answer are 3,500 a second, however much room
the processors have. A provider who brings 5,000 a second and is content with answers within 250 ms (Meta)
has up to 1,250 under way. So the same load is driven over several numbers of connections.
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
from typing import Any, NamedTuple
from zlib import crc32

import uvloop

from benchmarks.load import Outcome, drive, request
from benchmarks.running import SECRET, answering, processes
from benchmarks.seed import seed
from benchmarks.stage import PHONE_NUMBER, SERVE, cpu, profiled, table, until
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.machine.ports import free_port
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.mongo import a_mongod
from tests.parley import settings_for

BARE = [sys.executable, "-m", "benchmarks.bare"]

MOST_MS = 250
"""Within which Meta wishes 95 of 100 webhooks answered."""

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
                                        "phone_number_id": PHONE_NUMBER,
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
    """A load, and what it cost: microseconds of processor time a message, for all processes together.

    All that they use is counted, also what they would use at rest, which weighs the more the slower a busy
    machine lets messages in.
    """

    outcome: Outcome
    servers: float
    mongod: float
    load: float
    afterwards: float
    """What the processes and MongoDB do for a message after its 200: the index of words."""


class Bench:
    """Starts programs on one MongoDB and loads them one after the other."""

    def __init__(self, settings: Settings, options: argparse.Namespace, mongod: int, store: Store) -> None:
        self._settings = settings
        self._store = store
        self.found_before = 0
        """How much the index of words holds already."""
        self._options = options
        self._mongod = mongod
        self._runs = 0
        self.sent = 0
        """Messages that Parley was sent."""

    async def measure(
        self, argv: list[str], count: int, connections: int, *, at_home: bool = False, **environment: str
    ) -> Measured:
        """Start so many processes, warm them up, let them end that, then drive the load over the connections.

        A customer's webhooks come to any of them, or with `at_home` always to the same one.
        """
        options = self._options
        ports = [free_port() for _ in range(count)]
        home = (lambda request: _home(request, count)) if at_home else None
        with processes(argv, ports, self._settings.environment() | environment) as pids:
            await answering(ports)
            await asyncio.sleep(_REST)
            await drive(ports, self._load(ports[0], options.contacts), connections, home=home)
            load = self._load(ports[0], options.messages)
            if argv == SERVE:
                self.sent += options.contacts + options.messages
                await self._all_found(less=options.messages)
            every = (self._mongod, *pids)
            before = [cpu(pid) for pid in every]
            own = time.process_time()
            with profiled(pids[0], options.profile if argv == SERVE else None):
                outcome = await drive(ports, load, connections, home=home)
            own = (time.process_time() - own) * 1e6 / len(load)
            after = [cpu(pid) for pid in every]
            if argv == SERVE:
                await self._all_found()
            afterwards = (sum(map(cpu, every)) - sum(after)) * 1e6 / len(load)
        spent = [(now - was) * 1e6 / len(load) for now, was in zip(after, before, strict=True)]
        return Measured(outcome, sum(spent[1:]), spent[0], own, afterwards)

    async def _all_found(self, less: int = 0) -> None:
        """Wait until every message but so many that are yet to be sent is in the index of words."""
        findings = self._store._database.findings
        wanted = self.found_before + self.sent - less
        await until(lambda: _reaches(findings, wanted), within=300)

    def _load(self, port: int, messages: int) -> list[bytes]:
        self._runs += 1
        contacts = self._options.contacts
        return webhooks(port, "/hooks/whatsapp", messages=messages, contacts=contacts, run=f"{self._runs}.")


async def _reaches(collection: Any, count: int) -> bool:
    return await collection.estimated_document_count() >= count


def _home(request: bytes, count: int) -> int:
    """Which process a customer's webhooks go to, as `hash $customer` of deploy/nginx has it."""
    customer = request.partition(b'"from": "')[2].partition(b'"')[0]
    return crc32(customer) % count


class Row(NamedTuple):
    """What was measured, and beside which bound; None for a bound."""

    name: str
    measured: Measured
    bound: Measured | None = None


async def over(bench: Bench, connections: int, count: int) -> list[Row]:
    """The bounds and Parley over so many connections: one process, then `count`."""
    bare = await bench.measure(BARE, 1, connections)
    ours = await bench.measure(SERVE, 1, connections)
    rows = [Row("bare handler", bare), Row("Parley", ours, bare)]
    if count > 1:
        bare = await bench.measure(BARE, count, connections)
        random = await bench.measure(SERVE, count, connections)
        hashed = await bench.measure(SERVE, count, connections, at_home=True)
        name = f"Parley, {count} processes"
        rows += [
            Row(f"bare handler, {count} processes", bare),
            Row(f"{name}, customers at random", random, bare),
            Row(f"{name}, a customer always at the same (deploy/nginx)", hashed, bare),
        ]
    return rows


async def main(options: argparse.Namespace) -> None:
    """Measure the bounds and Parley over each number of connections, then print all."""
    async with a_mongod() as mongod:
        with tempfile.TemporaryDirectory() as folder:
            settings = settings_for(mongod.uri, Path(folder))
            if options.stored:
                stored = {"conversations": options.stored, "messages": options.stored * 5}
                await seed(mongod.uri, settings.mongodb_db, **stored)
            store = await Store.open(mongod.uri, settings.mongodb_db)
            bench = Bench(settings, options, mongod.pid, store)
            before = await store._database.messages.count_documents({"direction": "in"})
            bench.found_before = await store._database.findings.estimated_document_count()
            await _add_channel(store, settings)
            shown = {
                connections: await over(bench, connections, options.processes)
                for connections in options.connections
            }
            if options.singly:
                least = options.connections[0]
                singly = await bench.measure(BARE, 1, least, BARE_SINGLY="yes")
                shown[least].insert(1, Row("the same, each webhook inserted by itself", singly))
            kept = await store._database.messages.count_documents({"direction": "in"}) - before
            store.close()
    assert kept == bench.sent, f"{kept} kept of {bench.sent}"
    table(
        [
            "connections",
            "",
            "messages/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "µs of the processes",
            "µs of MongoDB",
            "µs of the load",
            "µs afterwards",
            "ratio",
            "answers",
        ],
        [_cells(connections, row) for connections, rows in shown.items() for row in rows],
    )
    best = max((row for rows in shown.values() for row in rows if row.bound), key=_worth)
    print(json.dumps({"figure": best.measured.outcome.per_second, "unit": "messages/s", "of": best.name}))
    print(f"ratio: {_ratio(best)}")


def _worth(row: Row) -> tuple[bool, float]:
    """What is answered as quickly as Meta wishes counts before what is more."""
    outcome = row.measured.outcome
    return outcome.percentile(0.95) < MOST_MS, outcome.per_second


def _ratio(row: Row) -> str:
    if row.bound is None:
        return ""
    return f"{row.measured.outcome.per_second / row.bound.outcome.per_second:.2f}"


async def _add_channel(store: Store, settings: Settings) -> None:
    given = {"phone_number_id": PHONE_NUMBER, "access_token": "t", "app_secret": SECRET, "verify_token": "v"}
    given["api_base"] = "http://127.0.0.1:9"
    vault = Vault(settings.secret())
    await add_channel("whatsapp", "whatsapp", settings=given, store=store, vault=vault, clock=now)


def _cells(connections: int, row: Row) -> list[str]:
    name, measured, _ = row
    outcome = measured.outcome
    delays = [f"{outcome.percentile(share):.0f}" for share in (0.5, 0.95, 0.99)]
    costs = [f"{each:.0f}" for each in measured[1:]]
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(outcome.statuses.items()))
    return [str(connections), name, f"{outcome.per_second:,.0f}", *delays, *costs, _ratio(row), answers]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--contacts", type=int, default=5_000)
    parser.add_argument("--connections", type=int, nargs="+", default=[200, 600, 900])
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    parser.add_argument("--singly", action="store_true", help="each webhook inserted by itself as well")
    parser.add_argument(
        "--profile", help="a file for py-spy to write where the first process spends its time"
    )
    uvloop.run(main(parser.parse_args()))
