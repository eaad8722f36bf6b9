"""Everything at once, as `parley up` starts it: MongoDB, the inbox, Rasa, and the bot's actions."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import socketio
from yarl import URL

from inbox.machine import mongod
from inbox.machine.ports import free_port
from inbox.store import Store
from tests.machine.a_parley_up import READY, ParleyUp, alive_in
from tests.parley import whatsapp_texts

ADMIN_EMAIL, ADMIN_PASSWORD = "admin@example.com", "correct horse battery"
NUMBER_ID, APP_SECRET = "990000000000077", "hush"
CHANNEL = "ledger"
"""A WhatsApp number of our own: we know its secret, so we may knock as Meta does."""

Json = dict[str, Any]


class WholeParley(ParleyUp):
    """A running `parley up` with its bot, and what customers, agents and providers do to it from outside."""

    def __init__(self, up: ParleyUp, http: aiohttp.ClientSession, store: Store) -> None:
        vars(self).update(vars(up))
        self.url = f"http://127.0.0.1:{up.port}"
        self.http = http
        self.store = store

    async def ask(self, method: str, path: str, body: Json | None = None, **headers: str) -> Any:
        """A request that must succeed; the JSON of its answer."""
        async with self.http.request(method, self.url + path, json=body, headers=headers) as answer:
            said = await answer.read()
            assert answer.status < 300, f"{method} {path}: {answer.status} {said[:500]!r}"
            return json.loads(said) if said else None

    async def hook(self, body: bytes) -> int:
        """Knock as Meta does. The status, 0 if nobody answers."""
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        limit = aiohttp.ClientTimeout(total=20)
        try:
            async with self.http.post(
                f"{self.url}/hooks/{CHANNEL}", data=body, headers=headers, timeout=limit
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def until_the_bot_is_ready(self, *, within: float) -> None:
        """Wait until the inbox says so."""
        try:
            await until(self._is_bot_ready, within=within, what="the bot is ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said}\n{self.log('bot')}") from None

    async def _is_bot_ready(self) -> bool:
        return bool((await self.ask("GET", "/readyz"))["bot"] == "ready")

    def log(self, name: str, lines: int = 25) -> str:
        """The end of one process's log."""
        file = self.home / "log" / f"{name}.log"
        end = file.read_text(errors="replace").splitlines()[-lines:] if file.exists() else ["(none)"]
        return f"--- {name}.log\n" + "\n".join(end)

    async def command(self, *words: str) -> str:
        """Run `parley` with these words beside it, as an admin would; what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "inbox.cli", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.home.parent,
            env={
                **os.environ,
                "PARLEY_HOME": str(self.home),
                "PARLEY_HTTP_PORT": str(self.port),
                "MONGODB_URI": "",
            },
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode().strip()

    async def add_our_number(self) -> None:
        """Add the channel whose secret we know, and wait until the stand-in for Meta serves it."""
        settings = {
            "phone_number_id": NUMBER_ID,
            "access_token": "a-token-for-tests",
            "app_secret": APP_SECRET,
            "verify_token": "open-sesame",
        }
        given = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
        said = await self.command("channel", "add", "whatsapp", "--id", CHANNEL, "--rehearsal", *given)
        assert said.endswith(f"/hooks/{CHANNEL}")

        async def is_served() -> bool:
            return CHANNEL in [
                p["channel"] for p in (await self.ask("GET", "/rehearsal/api/phones"))["phones"]
            ]

        await until(is_served, within=60, what="the rehearsal has a phone for the new channel")


class Phone:
    """A customer on the rehearsal's WhatsApp, by the calls that its page makes."""

    def __init__(self, whole: WholeParley, customer: str, channel: str) -> None:
        self.customer = customer
        self._whole = whole
        self._at = f"/rehearsal/api/phones/{channel}"

    async def say(self, text: str) -> str:
        """Write a text; come back with Meta's id for it when the inbox has it."""
        body = {"customer": self.customer, "kind": "text", "text": text}
        sent = (await self._whole.ask("POST", f"{self._at}/send", body))["bubble"]["id"]

        async def is_taken() -> bool:
            phone = await self._whole.ask("GET", self._at)
            return any(b["id"] == sent and b.get("state") in ("taken", "read") for b in phone["bubbles"])

        await until(is_taken, within=60, what=f"the inbox takes “{text}”")
        return str(sent)

    async def bubbles(self) -> list[str]:
        """What the business wrote, oldest first."""
        phone = await self._whole.ask("GET", self._at)
        mine = [b for b in phone["bubbles"] if b["customer"] == self.customer and not b["mine"]]
        return [bubble.get("text", "") for bubble in mine]

    async def hears(self, words: str) -> str:
        """Wait for a bubble of the business with these words, and return it."""

        async def found() -> str | None:
            return next((text for text in await self.bubbles() if words in text), None)

        return str(await until(found, within=30, what=f"{self.customer} hears “{words}”"))


class Visitor:
    """A visitor of the shop: the widget's side of the Socket.IO protocol."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient()
        self.heard: list[str] = []
        self.socket.on("messages", self._take, namespace="/visitors")
        self._said = 0

    def _take(self, news: Json) -> None:
        for item in news["items"]:
            if item["direction"] == "out":
                self.heard.append(item["content"].get("text") or item["content"].get("event", ""))

    async def say(self, text: str) -> None:
        """Write a text; come back when it is stored."""
        self._said += 1
        body = {"client_id": f"c{self._said}", "text": text}
        answer = await self.socket.call("send", body, namespace="/visitors")
        assert "message" in answer, answer

    async def hears(self, words: str) -> str:
        """Wait for an answer with these words, and return it."""
        what = f"the visitor hears “{words}”"
        return str(
            await until(lambda: next((t for t in self.heard if words in t), None), within=30, what=what)
        )


class Agent:
    """An agent with a session, a live connection, and what it was told."""

    def __init__(self, whole: WholeParley, csrf: str) -> None:
        self.socket = socketio.AsyncClient()
        self.told: list[str] = []
        """Texts of the open conversation, as they came."""
        self._whole = whole
        self._csrf = csrf
        self.socket.on("messages", self._take, namespace="/agents")

    def _take(self, news: Json) -> None:
        self.told += [item["content"]["text"] for item in news["items"] if "text" in item["content"]]

    async def get(self, path: str) -> Any:
        """Ask the API."""
        return await self._whole.ask("GET", f"/api/v1{path}")

    async def post(self, path: str, **body: Any) -> Any:
        """Act by the API."""
        return await self._whole.ask("POST", f"/api/v1{path}", body, **{"X-CSRF-Token": self._csrf})

    async def open(self, conversation_id: str) -> None:
        """Open a conversation: from then on its messages come by themselves."""
        body = {"conversation_id": conversation_id, "after_rev": None}
        answer = await self.socket.call("open", body, namespace="/agents")
        assert "error" not in answer, answer

    async def queued(self, name: str) -> Json:
        """Wait until a contact's conversation is in the queue, and return its row."""

        async def found() -> Json | None:
            rows = (await self.get("/conversations?tab=unassigned"))["items"]
            return next((row for row in rows if row["contact"]["name"] == name), None)

        row: Json = await until(found, within=30, what=f"{name} is in the queue")
        return row


async def a_phone(whole: WholeParley, name: str, channel: str = "whatsapp") -> Phone:
    """A new customer with a phone."""
    added = await whole.ask("POST", f"/rehearsal/api/phones/{channel}/customers", {"name": name})
    return Phone(whole, added["customer"]["id"], channel)


@asynccontextmanager
async def a_visitor(whole: WholeParley) -> AsyncIterator[Visitor]:
    """Somebody who has opened the chat on the shop's page."""
    visitor = Visitor()
    auth = {"channel_id": "webchat", "token": None, "page": {"url": whole.url, "title": ""}, "language": "en"}
    await visitor.socket.connect(whole.url, auth=auth, namespaces=["/visitors"], wait_timeout=60)
    yield visitor
    await visitor.socket.disconnect()


@asynccontextmanager
async def an_agent(whole: WholeParley) -> AsyncIterator[Agent]:
    """The admin, signed in by the form as a browser does it."""
    form = await _page(whole, "/login")
    fields = {
        "email": ADMIN_EMAIL,
        "password": ADMIN_PASSWORD,
        "next": "/",
        "csrf_token": _in(form, r'name="csrf_token" value="([^"]+)"'),
    }
    async with whole.http.post(f"{whole.url}/login", data=fields, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
    agent = Agent(whole, _in(await _page(whole, "/"), r'name="csrf-token" content="([^"]+)"'))
    cookies = whole.http.cookie_jar.filter_cookies(URL(whole.url))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    await agent.socket.connect(whole.url, headers={"Cookie": cookie}, namespaces=["/agents"], wait_timeout=60)
    yield agent
    await agent.socket.disconnect()


async def _page(whole: WholeParley, path: str) -> str:
    async with whole.http.get(whole.url + path) as answer:
        return await answer.text()


def _in(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in the page"
    return found[1]


def meta_says(*texts: str, phone: str, ids: list[str]) -> bytes:
    """A webhook of Meta's for our number."""
    body = whatsapp_texts(*texts, phone=phone, name=f"Customer {phone[-4:]}", ids=ids)
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = NUMBER_ID
    return json.dumps(body).encode()


async def until(check: Callable[[], Any], *, within: float, what: str) -> Any:
    """Wait until `check` says something true, and return that; else fail with `what` did not happen."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"Not within {within:g} s: {what}."
        await asyncio.sleep(0.1)


@asynccontextmanager
async def a_whole_parley(folder: Path) -> AsyncIterator[WholeParley]:
    """Start everything, and wait for the bot. It is trained only if its data is newer than its model."""
    async with _up(folder) as up:
        await up.until_it_says(READY)
        store = await Store.open(mongod.address(up.home / "mongo"), "parley")
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            whole = WholeParley(up, http, store)
            await whole.until_the_bot_is_ready(within=300)
            yield whole
        store.close()


@asynccontextmanager
async def _up(folder: Path) -> AsyncIterator[ParleyUp]:
    home, output, port = folder / "home", folder / "output.txt", free_port()
    settings = {
        "PARLEY_HOME": str(home),
        "PARLEY_HTTP_PORT": str(port),
        "PARLEY_ADMIN_EMAIL": ADMIN_EMAIL,
        "PARLEY_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "PARLEY_BOT_URL": f"http://127.0.0.1:{free_port()}",
        "PARLEY_ACTIONS_PORT": str(free_port()),
        "MONGODB_URI": "",
    }
    with output.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "inbox.cli", "up"),
            stdout=out,
            stderr=out,
            cwd=folder,
            env={**os.environ, **settings},
        )
    try:
        yield ParleyUp(home, port, process, output)
    finally:
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)
        for pid in {process.pid, *alive_in(home)} if process.returncode is None else alive_in(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await process.wait()
