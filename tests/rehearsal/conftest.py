"""A stand-in for Meta on a free port, and an inbox that only takes webhooks."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.contract import Webhook
from connectors.events import Event
from connectors.whatsapp import KIND
from connectors.whatsapp.connector import WhatsApp
from rehearsal.app import build
from rehearsal.stage import STAGE
from rehearsal.stand_in import Channel
from rehearsal.trouble import Trouble
from rehearsal.whatsapp import WhatsAppStandIn

SETTINGS = {
    "phone_number_id": "990000000000001",
    "access_token": "EAA-token",
    "app_secret": "hush",
    "verify_token": "open-sesame",
    "api_version": "v26.0",
    "waba_id": "",
}
CHANNEL = Channel(id="wa", kind="whatsapp", name="The shop", settings=SETTINGS)
STATIC = Path(__file__).parents[2] / "web" / "static"
QUICK = 0.05
"""The pace of a rehearsal in tests: a second lasts 50 ms."""


@dataclass
class Inbox:
    """Takes webhooks as the product would; `statuses` are its next answers, 200 when there are none."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    taken: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    tried: list[float] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.tried.append(asyncio.get_running_loop().time())
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.taken.append((await request.read(), headers))
        return web.Response(status=status)

    def values(self) -> list[Any]:
        """The value of every change, in order of arrival."""
        bodies = [msgspec.json.decode(body) for body, _ in self.taken]
        return [change["value"] for body in bodies for change in body["entry"][0]["changes"]]


@dataclass
class Rehearsal:
    """A running rehearsal and its inbox."""

    inbox: Inbox
    url: str
    stand_in: WhatsAppStandIn
    http: aiohttp.ClientSession

    @property
    def connector(self) -> WhatsApp:
        settings = SETTINGS | {"api_base": f"{self.url}/whatsapp"}
        connector = KIND.connect(settings, http=self.http, clock=lambda: datetime.now(UTC))
        assert isinstance(connector, WhatsApp)
        return connector

    @property
    def giulia(self) -> str:
        return next(iter(self.stand_in.phones.customers))

    def write(self, kind: str = "text", **action: Any) -> Any:
        """Do something on Giulia's phone."""
        said = {"text": "Hi"} if kind == "text" else {}
        return self.stand_in.write(self.giulia, {"kind": kind} | said | action)

    def trouble(self, **switches: Any) -> None:
        self.stand_in.set_trouble(Trouble(**switches))

    def events(self) -> list[Event]:
        """What the connector makes of everything that arrived; every signature is checked."""
        found: list[Event] = []
        for body, headers in self.inbox.taken:
            hook = Webhook(method="POST", url=self.inbox.url, headers=headers, query={}, body=body)
            self.connector.verify(hook)
            found += self.connector.parse(hook)
        return found

    async def until(self, is_so: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until it is so; fail if it never is."""
        async with asyncio.timeout(seconds):
            while not is_so():
                await asyncio.sleep(0.005)


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    box, app = Inbox(), web.Application()
    app.router.add_post("/hooks/wa", box.take)
    server = TestServer(app)
    await server.start_server()
    box.url = str(server.make_url("")).rstrip("/")
    yield box
    await server.close()


@pytest.fixture
async def rehearsal(inbox: Inbox, tmp_path: Path) -> AsyncIterator[Rehearsal]:
    stage, whole = build([CHANNEL], inbox=inbox.url, home=tmp_path, pace=QUICK), web.Application()
    stand_in = stage[STAGE].stand_ins["wa"]
    assert isinstance(stand_in, WhatsAppStandIn)
    whole.add_subapp("/rehearsal", stage)
    whole.router.add_static("/static", STATIC)
    server = TestServer(whole)
    await server.start_server()
    async with aiohttp.ClientSession() as http:
        yield Rehearsal(inbox, str(server.make_url("/rehearsal")), stand_in, http)
    await server.close()


def digest(body: bytes, secret: str = "hush") -> str:
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()
