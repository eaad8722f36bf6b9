"""Signed WhatsApp webhooks to a committed transaction, beside a bare handler that does the least.

`python -m benchmarks.ingest [--messages N] [--contacts N] [--connections N] [--processes N] [--stored N]`
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import uvloop

from benchmarks.load import Outcome, drive, request
from benchmarks.seed import seed
from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.machine.ports import free_port
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.mongo import a_mongod
from tests.parley import settings_for

SECRET = "the app's secret"


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


@contextmanager
def processes(argv: list[str], ports: list[int], environment: dict[str, str]) -> Iterator[list[int]]:
    """The same program once for each port, ended with the block. Yields their process ids."""
    started = [
        subprocess.Popen(argv, env={**os.environ, **environment, "PARLEY_HTTP_PORT": str(port)})
        for port in ports
    ]
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.send_signal(signal.SIGINT)
        for process in started:
            process.wait(timeout=20)


async def answering(ports: list[int]) -> None:
    """Wait until all of them answer."""
    async with aiohttp.ClientSession() as http:
        for port in ports:
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{port}/healthz"):
                        break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)


async def measure(settings: Settings, argv: list[str], options: argparse.Namespace, path: str) -> Outcome:
    """Warm up, then drive the load."""
    ports = [free_port() for _ in range(options.processes)]
    with processes(argv, ports, settings.environment()):
        await answering(ports)
        warm = webhooks(ports[0], path, messages=options.contacts, contacts=options.contacts, run="warm")
        await drive(ports, warm, options.connections)
        load = webhooks(ports[0], path, messages=options.messages, contacts=options.contacts, run="run")
        return await drive(ports, load, options.connections)


async def main(options: argparse.Namespace) -> None:
    """Measure the bound, then Parley, and print both."""
    async with a_mongod() as mongod:
        with tempfile.TemporaryDirectory() as home:
            settings = settings_for(mongod.uri, Path(home))
            bound = await measure(
                settings, [sys.executable, "-m", "benchmarks.bare"], options, "/hooks/whatsapp"
            )
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
            ours = await measure(
                settings, [sys.executable, "-m", "inbox.cli", "serve"], options, "/hooks/whatsapp"
            )
            kept = await store._database.messages.count_documents({"direction": "in"}) - before
            store.close()
    for name, outcome in (("bare handler", bound), ("parley", ours)):
        print(
            f"{name:14} {outcome.per_second:8.0f} messages/s   p50 {outcome.percentile(0.5):6.1f} ms   "
            f"p95 {outcome.percentile(0.95):6.1f} ms   p99 {outcome.percentile(0.99):6.1f} ms   "
            f"{outcome.statuses}"
        )
    assert kept == options.messages + options.contacts, f"{kept} kept"
    print(json.dumps({"figure": ours.per_second, "unit": "messages/s"}))
    print(f"ratio: {ours.per_second / bound.per_second:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=30_000)
    parser.add_argument("--contacts", type=int, default=5_000)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--stored", type=int, default=0, help="conversations from before")
    uvloop.run(main(parser.parse_args()))
