"""Pages of agents and visitors, as far as Socket.IO goes, at one Parley for all tests of this folder."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any

import pytest
import socketio

from tests.parley import Client, Json, Parley, running_parley, settings_for, until

_NUMBERS = count(15_551_000_000)


class Page:
    """One connected page: what it was told, and how it asks."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.socket = socketio.AsyncClient(reconnection=False)
        self.said: list[tuple[str, Any]] = []
        self.left = asyncio.Event()
        self.refused: Any = None
        self.socket.on("connect_error", self._refuse, namespace=namespace)
        self.socket.on("*", self._hear, namespace=namespace)
        self.socket.on("disconnect", lambda *_: self.left.set(), namespace=namespace)

    async def _hear(self, event: str, body: Any) -> None:
        self.said.append((event, body))

    async def _refuse(self, error: Any) -> None:
        self.refused = error

    async def connect(self, parley: Parley, auth: Json | None = None, **headers: str) -> "Page":
        """Connect, or raise `ConnectionError` with the server's reason."""
        try:
            await self.socket.connect(
                parley.url,
                namespaces=[self.namespace],
                auth=auth,
                headers=headers,
                transports=["websocket"],
                wait_timeout=60,
            )
        except socketio.exceptions.ConnectionError as error:
            reason = self.refused.get("message") if isinstance(self.refused, dict) else error
            raise socketio.exceptions.ConnectionError(str(reason)) from error
        return self

    async def ask(self, event: str, body: Any = None) -> Any:
        """Say something and wait for the answer."""
        return await self.socket.call(event, body, namespace=self.namespace, timeout=60)

    def heard(self, event: str) -> list[Any]:
        """All that was told under this name."""
        return [body for name, body in self.said if name == event]

    async def hears(self, event: str, like: Callable[[Any], bool] = lambda body: True) -> Any:
        """Wait for an event like that; what it said."""
        found = await until(lambda: [b for b in self.heard(event) if like(b)])
        return found[-1]


@pytest.fixture(scope="session")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that serves on a free port, shared by the tests of this folder."""
    async with running_parley(settings_for(mongodb, tmp_path_factory.mktemp("parley"))) as parley:
        yield parley


@pytest.fixture
def number() -> str:
    """A customer's phone number that no other test uses."""
    return str(next(_NUMBERS))


@pytest.fixture
async def open_page(parley: Parley) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages, and closes them after the test."""
    pages: list[Page] = []

    async def opening(namespace: str, auth: Json | None = None, **headers: str) -> Page:
        pages.append(Page(namespace))
        return await pages[-1].connect(parley, auth, **headers)

    yield opening
    for page in pages:
        await page.socket.disconnect()


@pytest.fixture
def as_agent(parley: Parley, open_page: Any) -> Callable[[str], Awaitable[tuple[Client, Page]]]:
    """Signs an agent in and opens the inbox."""

    async def opening(name: str) -> tuple[Client, Page]:
        client = await parley.an_agent(f"{name} {next(_NUMBERS)}")
        return client, await open_page("/agents", **client.cookie)

    return opening


@pytest.fixture
def as_visitor(open_page: Any) -> Callable[..., Awaitable[tuple[Json, Page]]]:
    """Opens the widget; the welcome and the page."""

    async def opening(token: str | None = None) -> tuple[Json, Page]:
        page = await open_page("/visitors", {"channel_id": "webchat", "token": token})
        return await page.hears("welcome"), page

    return opening
