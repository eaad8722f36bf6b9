"""A running Parley for tests: the real application on a real port, a real MongoDB, a bot that tests script.

The real Rasa has tests of its own in `tests/bot` and `tests/whole`; here a small HTTP server speaks its
contract, so that a test can make the bot slow, broken or gone.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from inbox.actions.people import add_user, open_session
from inbox.actions.samples import add_samples
from inbox.app import make_app, now
from inbox.machine.ports import free_port
from inbox.model.ids import new_id
from inbox.model.people import Role, User
from inbox.parts import PARTS, Parts
from inbox.serving import House
from inbox.settings import Settings
from inbox.store import Store

ADMIN_EMAIL, ADMIN_PASSWORD = "admin@example.com", "correct horse battery"

Json = dict[str, Any]
Script = Callable[[Json], Json | web.Response]


def settings_for(mongodb: str, home: Path, **more: Any) -> Settings:
    """Settings on free ports and a database of its own. Tests share an address, and ask faster."""
    port, bot_port = free_port(), free_port()
    return Settings(
        _env_file=None,
        mongodb_uri=mongodb,
        mongodb_db=f"test_{new_id()}",
        home=home,
        http_port=port,
        public_url=f"http://127.0.0.1:{port}",
        bot_url=f"http://127.0.0.1:{bot_port}",
        bot_token=SecretStr("a token for the bot in tests"),
        secret_key=SecretStr("a secret key that is long enough for tests"),
        rehearsal=True,
        **{"requests_per_second": 10_000, "assistants": home / "assistants", **more},
    )


def echo(turn: Json) -> Json:
    """The simplest script: the bot repeats what it heard."""
    return answer(f"You said: {turn['text']}")


def answer(*texts: str, handoff: Json | None = None, intent: str = "inform", **more: Any) -> Json:
    """A bot's answer of these texts."""
    return {
        "replies": [{"type": "text", "text": text} for text in texts],
        "handoff": handoff,
        "parse": {"intent": {"name": intent, "confidence": 0.9}, "entities": [], "ranking": []},
        "slots": {},
        "model": {"id": "scripted"},
        **more,
    }


class ScriptedBot:
    """Speaks the bot's contract on a real port, by `script`; remembers every turn and event."""

    def __init__(self, settings: Settings) -> None:
        self.script: Script = echo
        self.turns: list[Json] = []
        self.events: list[Json] = []
        self.erased: list[str] = []
        self.memory: dict[str, list[Json]] = {}
        """What it remembers, by conversation."""
        self.pause = 0.0
        self._settings = settings
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Come up."""
        app = web.Application()
        app.router.add_get("/webhooks/parley/health", self._health)
        app.router.add_post("/webhooks/parley/turn", self._turn)
        app.router.add_post("/webhooks/parley/events", self._events)
        app.router.add_post("/webhooks/parley/erase", self._erase)
        app.router.add_post("/webhooks/parley/recall", self._recall)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        port = int(self._settings.bot_url.rsplit(":", 1)[1])
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def stop(self) -> None:
        """Go away."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def _turn(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {self._settings.bot_secret()}"
        turn = await request.json()
        self.turns.append(turn)
        if self.pause:
            await asyncio.sleep(self.pause)
        answered = self.script(turn)
        return answered if isinstance(answered, web.Response) else web.json_response(answered)

    async def _events(self, request: web.Request) -> web.Response:
        self.events.append(await request.json())
        return web.json_response({"appended": 1})

    async def _recall(self, request: web.Request) -> web.Response:
        asked = (await request.json())["conversation_id"]
        return web.json_response({"events": self.memory.get(asked, [])})

    async def _erase(self, request: web.Request) -> web.Response:
        self.erased.append((await request.json())["conversation_id"])
        return web.json_response({"erased": 1})


class Parley:
    """A running Parley, and what a test does to it from outside."""

    admin_email, admin_password = ADMIN_EMAIL, ADMIN_PASSWORD

    def __init__(
        self, settings: Settings, parts: Parts, bot: ScriptedBot, http: aiohttp.ClientSession
    ) -> None:
        self.settings = settings
        self.url = settings.public_url
        self.parts = parts
        self.store: Store = parts.store
        self.bot = bot
        self.http = http
        self.routes: list[str] = []
        """Every route of the application: its method and its path."""

    async def whatsapp_secret(self) -> str:
        """With which the sample WhatsApp channel's webhooks are signed."""
        channel = await self.store.channels.get("whatsapp")
        assert channel is not None
        return self.parts.vault.open(channel.settings["app_secret"])

    async def hook(self, body: Json | bytes, *, channel: str = "whatsapp") -> int:
        """Post a signed webhook as Meta does. The answer's status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        digest = hmac.new((await self.whatsapp_secret()).encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
        async with self.http.post(f"{self.url}/hooks/{channel}", data=raw, headers=headers) as response:
            await response.read()
            return response.status

    async def customer_says(self, *texts: str, phone: str = "15550001111", name: str = "Ada") -> None:
        """A customer writes on WhatsApp. As with Meta, what a busy store did not take comes again."""
        webhook = whatsapp_texts(*texts, phone=phone, name=name)

        async def taken() -> bool:
            status = await self.hook(webhook)
            assert status in (200, 503), status
            return status == 200

        await until(taken, within=30)

    async def a_user(self, name: str = "Marco Rossi", role: Role = Role.AGENT) -> User:
        """A user who can sign in with `ADMIN_PASSWORD`."""
        email = f"{name.lower().replace(' ', '.')}@example.com"
        return await add_user(email, name, role, ADMIN_PASSWORD, store=self.store, clock=now)

    async def an_agent(self, name: str = "Marco Rossi", role: Role = Role.AGENT) -> "Client":
        """A signed-in agent."""
        user = await self.a_user(name, role)
        cookie = await open_session(user, store=self.store, clock=now)
        session = await self.store.sessions.first({"user_id": user.id})
        assert session is not None
        return Client(self, user, cookie, session.csrf)

    async def conversations(self) -> list[Any]:
        """All conversations, the newest first."""
        return await self.store.conversations.page({}, waiting=False, after=None, limit=1000)

    async def thread(self, conversation_id: str) -> list[Any]:
        """All messages of a conversation."""
        return (await self.store.messages.page(conversation_id, before_seq=None, limit=1000))[0]


class Client:
    """An agent's browser as far as HTTP goes."""

    def __init__(self, parley: Parley, user: User, cookie: str, csrf: str) -> None:
        self.user = user
        self.cookie = {"Cookie": f"parley={cookie}"}
        self._parley = parley
        self.csrf = {"X-CSRF-Token": csrf}
        self._headers = {**self.cookie, **self.csrf}

    async def call(self, method: str, path: str, body: Json | None = None) -> tuple[int, Any]:
        """Call `/api/v1{path}`. Status and JSON."""
        url = f"{self._parley.url}/api/v1{path}"
        async with self._parley.http.request(method, url, json=body, headers=self._headers) as response:
            raw = await response.read()
            return response.status, json.loads(raw) if raw else None

    async def get(self, path: str) -> Any:
        """GET, which must succeed."""
        status, found = await self.call("GET", path)
        assert status == 200, found
        return found

    async def post(self, path: str, body: Json | None = None) -> Any:
        """POST, which must succeed."""
        status, found = await self.call("POST", path, body or {})
        assert status in (200, 201, 204), found
        return found


def whatsapp_texts(
    *texts: str, phone: str = "15550001111", name: str = "Ada", ids: list[str] | None = None
) -> Json:
    """A webhook of the Cloud API with these texts."""
    messages = [
        {
            "from": phone,
            "id": ids[place] if ids else f"wamid.{new_id()}",
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": text},
        }
        for place, text in enumerate(texts)
    ]
    return whatsapp_value({"contacts": [{"profile": {"name": name}, "wa_id": phone}], "messages": messages})


def whatsapp_value(value: Json) -> Json:
    """A webhook of the Cloud API around a value of the field `messages`."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": "100000000000001"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


async def until(check: Callable[[], Any], *, within: float = 60.0) -> Any:
    """Wait until `check`, a function or coroutine function, says something true, and return that."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.03)


@asynccontextmanager
async def running_parley(settings: Settings, *, bot: bool = True) -> AsyncIterator[Parley]:
    """A Parley on its port until the end of the block; its database is dropped then."""
    scripted = ScriptedBot(settings)
    if bot:
        await scripted.start()
    app = await make_app(settings)
    parts = app[PARTS]
    await add_samples(store=parts.store, vault=parts.vault, clock=now)
    await add_user(ADMIN_EMAIL, "Admin", Role.ADMIN, ADMIN_PASSWORD, store=parts.store, clock=now)
    runner = House(app, patience=1)
    await runner.setup()
    await web.TCPSite(runner, settings.http_host, settings.http_port).start()
    async with aiohttp.ClientSession() as http:
        parley = Parley(settings, parts, scripted, http)
        parley.routes = sorted(
            {f"{r.method} {r.resource.canonical}" for r in app.router.routes() if r.resource}
        )
        yield parley
        await parts.store._client.drop_database(settings.mongodb_db)
    await runner.cleanup()
    await scripted.stop()
