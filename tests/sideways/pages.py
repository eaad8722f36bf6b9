"""Pages as browsers have them: the real Socket.IO client, which reconnects by itself and then catches up."""

import asyncio
from collections.abc import Callable
from typing import Any

import socketio

from tests.parley import Json, until
from tests.sideways.fleet import Agent


class Page:
    """One connected page: what it was told, how often it connected, and how it asks."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.said: list[tuple[str, Any]] = []
        self.connections = 0
        self.left = asyncio.Event()
        self.socket = socketio.AsyncClient(
            reconnection_delay=0.1, reconnection_delay_max=0.5, randomization_factor=0.3
        )
        self.socket.on("connect", self.come, namespace=namespace)
        self.socket.on("disconnect", lambda *_: self.left.set(), namespace=namespace)
        self.socket.on("*", self.hear, namespace=namespace)

    async def connect(self, url: str, auth: Any = None, **headers: str) -> "Page":
        """Connect by a WebSocket."""
        again = headers.copy  # the client takes the cookie out of what it is given
        await self.socket.connect(
            url,
            namespaces=[self.namespace],
            auth=auth,
            headers=again,
            transports=["websocket"],
            wait_timeout=60,
        )
        return self

    async def come(self) -> None:
        self.connections += 1

    async def hear(self, event: str, body: Any) -> None:
        self.said.append((event, body))

    async def ask(self, event: str, body: Any = None) -> Any:
        """Say something and wait for the answer."""
        return await self.socket.call(event, body, namespace=self.namespace, timeout=60)

    def heard(self, event: str) -> list[Any]:
        """All that was told under this name."""
        return [body for name, body in self.said if name == event]

    async def hears(
        self, event: str, like: Callable[[Any], bool] = lambda body: True, *, within: float = 10
    ) -> Any:
        """Wait for an event like that; what it said last."""
        found = await until(lambda: [b for b in self.heard(event) if like(b)], within=within)
        return found[-1]


class Screen(Page):
    """An agent's inbox: its rows, kept right by events and, after each connection, by what it asks."""

    def __init__(self, url: str, agent: Agent) -> None:
        super().__init__("/agents")
        self.rows: dict[str, Json] = {}
        self._url, self._agent = url, agent
        self._cursor: str | None = None

    async def open(self) -> "Screen":
        """Load the list and connect."""
        await self._catch_up()
        await self.connect(self._url, **self._agent.cookie)
        return self

    async def come(self) -> None:
        await super().come()
        await self._catch_up()

    async def _catch_up(self) -> None:
        more = True
        while more:
            since = f"?since={self._cursor}" if self._cursor else ""
            found = await self._agent.call("GET", f"{self._url}/api/v1/conversations/changes{since}")
            self._cursor, more = found["cursor"], found["more"]
            for row in found["items"]:
                self._put(row)

    async def hear(self, event: str, body: Any) -> None:
        await super().hear(event, body)
        if event == "conversation":
            self._put(body)

    def _put(self, row: Json) -> None:
        known = self.rows.get(row["id"])
        if known is None or known["rev"] < row["rev"]:
            self.rows[row["id"]] = row
