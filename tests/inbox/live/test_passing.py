"""How an event reaches the pages of a room."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
import socketio

from inbox.live.passing import Passing


class Socket:
    """A page's connection, as far as events go."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.closed = False
        self.last_ping: float | None = None
        self.asked: list[Any] = []

    async def send(self, frame: Any) -> None:
        self.asked.append(frame)

    def told(self) -> list[str]:
        """All that waits for it."""
        return [self.queue.get_nowait().encode() for _ in range(self.queue.qsize())]


@pytest.fixture
async def pages() -> SimpleNamespace:
    """Three pages in a room, and the manager."""
    server = socketio.AsyncServer(async_mode="aiohttp", client_manager=Passing(), ping_timeout=15)
    sockets = {name: Socket() for name in ("one", "two", "three")}
    sids = {}
    for name, socket in sockets.items():
        server.eio.sockets[name] = socket
        sids[name] = await _join(server, name)
    return SimpleNamespace(server=server, sockets=sockets, sids=sids)


async def _join(server: socketio.AsyncServer, name: str) -> str:
    sid: str = await server.manager.pre_connect(name, "/agents")
    await server.manager.connect(sid, "/agents")
    await server.manager.enter_room(sid, "/agents", "agents")
    return sid


async def _emit(pages: SimpleNamespace, event: str, body: Any, **more: Any) -> None:
    await pages.server.emit(event, body, room="agents", namespace="/agents", **more)


async def test_everyone_in_the_room_hears_it_in_order(pages: SimpleNamespace) -> None:
    await _emit(pages, "row", {"id": 1})
    await _emit(pages, "row", {"id": 2})
    expected = ['42/agents,["row",{"id":1}]', '42/agents,["row",{"id":2}]']
    assert [socket.told() for socket in pages.sockets.values()] == [expected] * 3


async def test_it_is_encoded_once_for_all(pages: SimpleNamespace) -> None:
    await _emit(pages, "row", {"id": 1})
    frames = {id(socket.queue.get_nowait()) for socket in pages.sockets.values()}
    assert len(frames) == 1


async def test_who_is_skipped_or_gone_is_passed_over(pages: SimpleNamespace) -> None:
    pages.sockets["two"].closed = True
    del pages.server.eio.sockets["three"]
    await _emit(pages, "row", {"id": 1}, skip_sid=pages.sids["one"])
    assert [socket.told() for socket in pages.sockets.values()] == [[], [], []]


async def test_what_did_not_answer_its_ping_is_left_to_engineio(pages: SimpleNamespace) -> None:
    pages.sockets["two"].last_ping = time.time() - 16
    pages.sockets["one"].last_ping = time.time()
    await _emit(pages, "row", {"id": 1})
    assert len(pages.sockets["one"].told()) == len(pages.sockets["three"].told()) == 1
    assert (pages.sockets["two"].told(), len(pages.sockets["two"].asked)) == ([], 1)


async def test_an_unknown_namespace_hears_nothing(pages: SimpleNamespace) -> None:
    await pages.server.emit("row", {}, room="agents", namespace="/nobody")
    assert pages.sockets["one"].told() == []
