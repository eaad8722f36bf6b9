"""Kill -9 while messages flow: what was answered 200 is there once, and each answer arrives once."""

import asyncio
import hashlib
import hmac
import json
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.machine.ports import free_port
from inbox.machine.process import Process, Program, start
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.parley import ScriptedBot, settings_for, until, whatsapp_texts, whatsapp_value
from tests.stores import forget

ROOT = Path(__file__).resolve().parents[2]
SECRET, ACCOUNT = "the app's secret", "100000000000001"
CUSTOMERS = [f"1555222000{n}" for n in range(5)]


class Cloud:
    """Meta as far as one number goes: it keeps a ledger, and reports what it took until it is heard."""

    def __init__(self, inbox: str, http: aiohttp.ClientSession) -> None:
        self.port = free_port()
        self.arrived: dict[str, list[str]] = {number: [] for number in CUSTOMERS}
        self.taken: list[str] = []
        self._inbox = inbox
        self._http = http
        self._reports: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve the Graph API."""
        app = web.Application()
        app.router.add_post(f"/v26.0/{ACCOUNT}/messages", self._send)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        yield
        for task in self._reports:
            task.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
        await runner.cleanup()

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "typing_indicator" in body or body.get("status") == "read":
            return web.json_response({"success": True})
        ours = body["biz_opaque_callback_data"]
        self.taken.append(ours)
        self.arrived[body["to"].removeprefix("+")].append(body["text"]["body"])
        external_id = f"wamid.{len(self.taken)}"
        self._reports.add(asyncio.create_task(self._report(external_id, ours)))
        await asyncio.sleep(random.uniform(0, 0.05))
        return web.json_response({"messages": [{"id": external_id}]})

    async def _report(self, external_id: str, ours: str) -> None:
        report = {"id": external_id, "status": "delivered", "timestamp": str(int(time.time()))}
        await self.tells(whatsapp_value({"statuses": [report | {"biz_opaque_callback_data": ours}]}))

    async def tells(self, webhook: dict[str, Any]) -> None:
        """Post a signed webhook until it is answered 200."""
        body = json.dumps(webhook).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}"}
        limit = aiohttp.ClientTimeout(total=5)
        while True:
            try:
                url = f"{self._inbox}/hooks/ledger"
                async with self._http.post(url, data=body, headers=headers, timeout=limit) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.1)


async def a_process(settings: Settings) -> Process:
    """The application in a process of its own."""
    program = Program(
        name="parley",
        argv=(sys.executable, "-m", "tests.inbox.impatient"),
        log=settings.home / "parley.log",
        environment=settings.environment(),
        folder=ROOT,
    )
    return await start(program)


async def test_a_process_killed_again_and_again_loses_and_doubles_nothing(
    mongodb: str, tmp_path: Path
) -> None:
    settings = settings_for(mongodb, tmp_path, bot_timeout=1.0)
    store = await Store.open(mongodb, settings.mongodb_db)
    await forget_the_dead_after(store, seconds=2)
    bot = ScriptedBot(settings)
    await bot.start()
    said: dict[str, list[str]] = {number: [] for number in CUSTOMERS}
    is_over = asyncio.Event()
    async with aiohttp.ClientSession() as http:
        cloud = Cloud(settings.public_url, http)
        given = {"phone_number_id": ACCOUNT, "access_token": "x", "app_secret": SECRET, "verify_token": "x"}
        given["api_base"] = f"http://127.0.0.1:{cloud.port}"
        vault = Vault(settings.secret())
        await add_channel("whatsapp", "ledger", settings=given, store=store, vault=vault, clock=now)

        async def customer(number: str) -> None:
            while not is_over.is_set():
                words = f"{number} no. {len(said[number])}"
                await cloud.tells(whatsapp_texts(words, phone=number))
                said[number].append(words)
                await asyncio.sleep(random.uniform(0, 0.1))

        async with cloud.open():
            process = await a_process(settings)
            customers = [asyncio.create_task(customer(number)) for number in CUSTOMERS]
            for _ in range(2):
                before = len(cloud.taken)
                await until(lambda before=before: len(cloud.taken) > before + 8, within=30)
                process.send(9)
                await process.ended()
                process = await a_process(settings)
            before = len(cloud.taken)
            await until(lambda before=before: len(cloud.taken) > before + 8, within=30)
            is_over.set()
            await asyncio.gather(*customers)

            async def is_quiet() -> bool:
                found = await store.conversations.page({}, waiting=False, after=None, limit=100)
                return all(c.turn is None and c.delivery is None for c in found)

            await until(is_quiet, within=30)
            await process.stop()
    for number in CUSTOMERS:
        await check(store, number, said[number], cloud.arrived[number])
    assert len(cloud.taken) == len(set(cloud.taken)), "a message went out twice"
    await bot.stop()
    await forget_the_dead_after(store, seconds=10)
    await forget(store)


async def forget_the_dead_after(store: Store, *, seconds: int) -> None:
    """MongoDB keeps a killed process's transactions, and their locks, for so long; ten seconds by ours."""
    await store._client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=seconds)


async def check(store: Store, number: str, said: list[str], arrived: list[str]) -> None:
    """The store, the customer and the phone agree."""
    (contact,) = await store.contacts.known_as([f"phone:+{number}"])
    (conversation,) = await store.conversations.of_contact(contact.id)
    thread, _ = await store.messages.page(conversation.id, before_seq=None, limit=5000)
    assert [m.content.text for m in thread if m.direction == "in"] == said
    answers = [m.content.text for m in thread if m.direction == "out"]
    heard = [line for answer in answers for line in answer.removeprefix("You said: ").split("\n")]
    assert heard == said, "every turn was run once"
    assert arrived == answers, "in its order, and once"
    assert {m.status for m in thread if m.direction == "out"} == {"delivered"}
