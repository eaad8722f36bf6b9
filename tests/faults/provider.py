"""Meta as far as one number goes: it takes messages, reports on them, and brings what customers write.

It speaks the Cloud API's wire format with real signatures, keeps the ledger, and can be told to misbehave.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import aiohttp
from aiohttp import web

from tests.faults.ledger import Ledger
from tests.faults.pictures import picture_of
from tests.parley import whatsapp_value

SECRET, ACCOUNT, CHANNEL = "the app's secret", "100000000000001", "ledger"
PATIENCE = aiohttp.ClientTimeout(total=10)
"""How long Meta waits for the answer to a webhook."""

Json = dict[str, Any]


class Mood(StrEnum):
    """What the provider does with a message that we send."""

    WELL = "takes it"
    BROKEN = "answers 500"
    HANGING = "takes it and never answers"
    THROTTLING = "answers 429"


class Cloud:
    """The provider's side of one number."""

    def __init__(self, ledger: Ledger, chance: random.Random, http: aiohttp.ClientSession) -> None:
        self.port = 0
        self.mood = Mood.WELL
        self.twice = False
        """Every webhook comes twice."""
        self.late = False
        """Some webhooks come again seconds later, and reports come in any order."""
        self.doors: list[str] = []
        """Addresses of the application's processes; a load balancer tries them in turn."""
        self.on_send: Callable[[], None] | None = None
        """Called at each message that we send, before it is answered."""
        self.on_answered: Callable[[], None] | None = None
        """Called when the answer is on its way."""
        self.has_receipt: Callable[[str], Awaitable[bool]] | None = None
        """Whether the store knows that we took this message of theirs."""
        self._turn = itertools.count()
        self._ledger = ledger
        self._chance = chance
        self._http = http
        self._errands: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve the Graph API."""
        app = web.Application()
        app.router.add_post("/{version}/{account}/messages", self._send)
        app.router.add_get("/files/{media_id}", self._hand_out)
        app.router.add_get("/{version}/{media_id}", self._locate)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            for errand in self._errands:
                errand.cancel()
            await asyncio.gather(*self._errands, return_exceptions=True)
            await runner.cleanup()

    @property
    def errands(self) -> int:
        """How many webhooks are still to be answered 200."""
        return len(self._errands)

    def later(self, errand: Any) -> None:
        """Have a coroutine done beside everything else."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if "typing_indicator" in body or body.get("status") == "read":
            return web.json_response({"success": True})
        if self.mood is Mood.BROKEN:
            return web.json_response(_refusal(131000, "Something went wrong"), status=500)
        if self.mood is Mood.THROTTLING:
            answer = _refusal(130429, "Rate limit hit")
            return web.json_response(answer, status=429, headers={"Retry-After": "1"})
        ours, number = body["biz_opaque_callback_data"], body["to"].removeprefix("+")
        words = body["text"]["body"] if "text" in body else body["interactive"]["body"]["text"]
        await self._look_whether_known(ours)
        count = self._ledger.took(number, ours, words)
        self._ledger.doubtful.add(ours)
        self.later(self._report(f"wamid.out.{count}", ours))
        if self.on_send:
            self.on_send()
        await asyncio.sleep(random.uniform(0, 0.03))
        if self.mood is Mood.HANGING:
            await asyncio.sleep(60)
        response = web.json_response({"messages": [{"id": f"wamid.out.{count}"}]})
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionError:  # who asked is gone: its doubt stays
            return response
        if request.transport is not None and not request.transport.is_closing():
            self._ledger.doubtful.discard(ours)
        if self.on_answered:
            self.on_answered()
        return response

    async def _locate(self, request: web.Request) -> web.Response:
        """Where a customer's picture is."""
        if self.mood is Mood.BROKEN:
            return web.json_response(_refusal(131000, "Something went wrong"), status=500)
        media_id = request.match_info["media_id"]
        return web.json_response({"id": media_id, "url": f"http://{request.host}/files/{media_id}"})

    async def _hand_out(self, request: web.Request) -> web.StreamResponse:
        """A customer's picture; of a provider that hangs, the first half of it."""
        if self.mood is Mood.THROTTLING:
            return web.Response(status=429, headers={"Retry-After": "1"})
        body = picture_of(request.match_info["media_id"])
        response = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if self.mood is Mood.HANGING:
            await asyncio.sleep(60)
        await response.write(body[len(body) // 2 :])
        return response

    async def _look_whether_known(self, ours: str) -> None:
        """Of a message that comes once more, note whether its sender could have known."""
        if self.has_receipt and self._ledger.arrivals[ours] and await self.has_receipt(ours):
            self._ledger.known.add(ours)

    async def _report(self, external_id: str, ours: str) -> None:
        for status in ("delivered", "sent") if self.late else ("sent", "delivered"):
            if self.late:
                await asyncio.sleep(self._chance.uniform(0, 4))
            report = {"id": external_id, "status": status, "timestamp": str(int(time.time()))}
            report["biz_opaque_callback_data"] = ours
            await self.knock(whatsapp_value({"statuses": [report]}))
            self._ledger.reported.setdefault(ours, time.monotonic())

    async def knock(self, webhook: Json) -> None:
        """Post a signed webhook until it is answered 200, as Meta does but without its long pauses."""
        body = json.dumps(webhook).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
        pause = 0.05
        while await self._knock_once(body, headers) != 200:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)
        if self.twice:
            await self._knock_once(body, headers)
        if self.late and self._chance.random() < 0.3:
            self.later(self._again(body, headers))

    async def _again(self, body: bytes, headers: dict[str, str]) -> None:
        await asyncio.sleep(self._chance.uniform(1, 6))
        while await self._knock_once(body, headers) != 200:
            await asyncio.sleep(0.5)

    async def _knock_once(self, body: bytes, headers: dict[str, str]) -> int:
        door = self.doors[next(self._turn) % len(self.doors)]
        since = time.monotonic()
        try:
            url = f"{door}/hooks/{CHANNEL}"
            async with self._http.post(url, data=body, headers=headers, timeout=PATIENCE) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self._ledger.knocks[status] += 1
        self._ledger.longest_knock = max(self._ledger.longest_knock, time.monotonic() - since)
        return status


def texts(number: str, *lines: tuple[str, str]) -> list[Json]:
    """Messages of one customer as they stand in a webhook: (id, text) each."""
    at = str(int(time.time()))
    return [
        {"from": number, "id": key, "timestamp": at, "type": "text", "text": {"body": text}}
        for key, text in lines
    ]


def webhook(messages: list[Json]) -> Json:
    """A webhook with these messages and their senders' names."""
    people = [
        {"profile": {"name": f"Customer {n[-4:]}"}, "wa_id": n} for n in {m["from"]: 0 for m in messages}
    ]
    return whatsapp_value({"contacts": people, "messages": messages})


def _refusal(code: int, words: str) -> Json:
    error = {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code, "fbtrace_id": "A0"}
    return {"error": error | {"error_data": {"messaging_product": "whatsapp", "details": words}}}
