"""Several processes of one Parley on this machine, as `parley serve` runs them, and the world around them."""

import asyncio
import hashlib
import hmac
import json
import random
import re
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from inbox.actions.channels import add_channel
from inbox.actions.people import add_user, open_session
from inbox.actions.samples import add_samples
from inbox.app import now
from inbox.machine.ports import free_port
from inbox.machine.process import Process, Program, start
from inbox.model.ids import new_id
from inbox.model.people import Role, User
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.parley import ADMIN_PASSWORD, Json, ScriptedBot, until, whatsapp_texts
from tests.stores import forget

ROOT = Path(__file__).resolve().parents[2]
SECRET, ACCOUNT = "the app's secret", "100000000000001"


class OneAtATime:
    """Notes who is served twice at once."""

    def __init__(self) -> None:
        self.overlaps: list[str] = []
        self._now: Counter[str] = Counter()

    def begin(self, who: str) -> None:
        self._now[who] += 1
        if self._now[who] > 1:
            self.overlaps.append(who)

    def end(self, who: str) -> None:
        self._now[who] -= 1


class WatchedBot(ScriptedBot):
    """The scripted bot, which notes a conversation that has two turns at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.watch = OneAtATime()

    async def _turn(self, request: web.Request) -> web.Response:
        who = (await request.json())["conversation_id"]
        self.watch.begin(who)
        try:
            await asyncio.sleep(random.uniform(0, 0.03))
            return await super()._turn(request)
        finally:
            self.watch.end(who)


class Cloud:
    """Meta as far as one number goes: takes what is sent, and keeps a ledger of it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.arrived: dict[str, list[str]] = defaultdict(list)
        self.taken: list[str] = []
        self.watch = OneAtATime()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve the Graph API."""
        app = web.Application()
        app.router.add_post(f"/v26.0/{ACCOUNT}/messages", self._send)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        yield
        await runner.cleanup()

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "typing_indicator" in body or body.get("status") == "read":
            return web.json_response({"success": True})
        to = body["to"].removeprefix("+")
        self.watch.begin(to)
        await asyncio.sleep(random.uniform(0, 0.03))
        self.watch.end(to)
        self.taken.append(body["biz_opaque_callback_data"])
        self.arrived[to].append(body["text"]["body"])
        return web.json_response({"messages": [{"id": f"wamid.{new_id()}"}]})


class Fleet:
    """The processes, each on a port of its own, and how the world reaches them."""

    def __init__(self, settings: Settings, store: Store, bot: WatchedBot, cloud: Cloud) -> None:
        self.settings, self.store, self.bot, self.cloud = settings, store, bot, cloud
        self.http: aiohttp.ClientSession
        self.ports: list[int] = []
        self.refusals: list[str] = []
        """What providers were told instead of 200."""
        self._processes: list[Process] = []

    @property
    def urls(self) -> list[str]:
        """Where each process answers."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    async def start(self, count: int) -> None:
        """Start so many at the same moment, on a store that none has seen before."""
        self.ports = [free_port() for _ in range(count)]
        self._processes = await asyncio.gather(*(self._launch(port) for port in self.ports))

    async def _launch(self, port: int) -> Process:
        program = Program(
            name=f"parley {port}",
            argv=(sys.executable, "-m", "inbox.cli", "serve"),
            log=self.settings.home / f"parley-{port}.log",
            environment={**self.settings.environment(), "PARLEY_HTTP_PORT": str(port)},
            folder=ROOT,
        )
        process = await start(program)

        async def answers() -> bool:
            assert process.is_running, process.last_words()
            try:
                async with self.http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await until(answers, within=40)
        return process

    async def restart(self, place: int) -> None:
        """End one process as a deployment does, and start it again on its port."""
        await self._processes[place].stop(patience=12)
        self._processes[place] = await self._launch(self.ports[place])

    async def kill(self, place: int) -> None:
        """End one process as `kill -9` does, and start it again on its port."""
        self._processes[place].send(signal.SIGKILL)
        await self._processes[place].ended()
        self._processes[place] = await self._launch(self.ports[place])

    async def stop(self) -> None:
        """End all of them."""
        await asyncio.gather(*(process.stop() for process in self._processes))

    def logs(self) -> str:
        """What they wrote."""
        return "\n".join(file.read_text() for file in sorted(self.settings.home.glob("parley-*.log")))

    async def hook(self, url: str, *texts: str, phone: str, ids: list[str] | None = None) -> int:
        """A customer writes on WhatsApp, and Meta posts it there. The answer's status."""
        body = json.dumps(whatsapp_texts(*texts, phone=phone, ids=ids)).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
        async with self.http.post(f"{url}/hooks/ledger", data=body, headers=headers) as answer:
            if answer.status != 200:
                self.refusals.append(f"{answer.status} {await answer.text()}")
            await answer.read()
            return answer.status

    async def an_agent(self, name: str) -> "Agent":
        """A signed-in agent."""
        email = f"{name.lower()}.{new_id()}@example.com"
        user = await add_user(email, name, Role.AGENT, ADMIN_PASSWORD, store=self.store, clock=now)
        cookie = await open_session(user, store=self.store, clock=now)
        session = await self.store.sessions.first({"user_id": user.id})
        assert session is not None
        return Agent(self.http, user, cookie, session.csrf)

    async def taken_by_each(self) -> list[float]:
        """How many events each process has taken in since it started."""
        counts = []
        for url in self.urls:
            async with self.http.get(f"{url}/metrics") as answer:
                found = re.search(r'parley_events_total\{outcome="taken"\} (\S+)', await answer.text())
                counts.append(float(found[1]) if found else 0.0)
        return counts

    async def tried_in_vain(self) -> int:
        """How many transactions MongoDB has aborted since it started."""
        status = await self.store._database.client.admin.command("serverStatus")
        return int(status["transactions"]["totalAborted"])

    async def thread_of(self, phone: str) -> list[Any]:
        """The conversation with that number, oldest first."""
        (contact,) = await self.store.contacts.known_as([f"phone:+{phone}"])
        (conversation,) = await self.store.conversations.of_contact(contact.id)
        return (await self.store.messages.page(conversation.id, before_seq=None, limit=5000))[0]

    async def is_quiet(self) -> bool:
        """Whether nothing is due any more."""
        found = await self.store.conversations.page({}, waiting=False, after=None, limit=1000)
        return all(c.turn is None and c.delivery is None and c.sla is None for c in found)


class Agent:
    """An agent's browser as far as HTTP goes."""

    def __init__(self, http: aiohttp.ClientSession, user: User, cookie: str, csrf: str) -> None:
        self.user = user
        self.cookie = {"Cookie": f"parley={cookie}"}
        self.csrf = csrf
        self._http = http

    async def call(self, method: str, url: str, body: Json | None = None) -> Any:
        """Call `/api/v1…` of a process, which must succeed."""
        headers = {**self.cookie, "X-CSRF-Token": self.csrf}
        async with self._http.request(method, url, json=body, headers=headers) as answer:
            raw = await answer.read()
            assert answer.status in (200, 201, 204), raw
            return json.loads(raw) if raw else None


@asynccontextmanager
async def a_fleet(settings: Settings, count: int) -> AsyncIterator[Fleet]:
    """So many processes on one store until the end of the block."""
    store = await Store.open(settings.mongodb_uri or "", settings.mongodb_db)
    bot, cloud, vault = WatchedBot(settings), Cloud(), Vault(settings.secret())
    given = {"phone_number_id": ACCOUNT, "access_token": "x", "app_secret": SECRET, "verify_token": "x"}
    given["api_base"] = f"http://127.0.0.1:{cloud.port}"
    await add_samples(store=store, vault=vault, clock=now)
    await add_channel("whatsapp", "ledger", settings=given, store=store, vault=vault, clock=now)
    fleet = Fleet(settings, store, bot, cloud)
    await bot.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as fleet.http, cloud.open():
        try:
            await fleet.start(count)
            yield fleet
        finally:
            await fleet.stop()
            await bot.stop()
            await forget(store)
