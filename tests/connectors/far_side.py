"""A provider's end of the line: a real HTTP server that answers as told and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class FarSide:
    """Answers every request with `status` and `body`; `hangs_up` closes the line instead, after reading."""

    url: str = ""
    status: int = 200
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    silent: bool = False
    calls: list[Call] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await _read(request)
        self.calls.append(Call(request.method, request.path, dict(request.headers), body))
        if self.silent:
            await asyncio.sleep(60)
        if self.hangs_up:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=self.status, text=self.body, headers=self.headers)


async def _read(request: web.Request) -> Any:
    """The JSON value, or the form's fields by name."""
    if request.content_type == "application/x-www-form-urlencoded":
        return {name: str(value) for name, value in (await request.post()).items()}
    return await request.json() if request.can_read_body else None


@asynccontextmanager
async def far_side() -> AsyncIterator[FarSide]:
    """A far side on a free port of this machine."""
    side, app = FarSide(), web.Application()
    app.router.add_route("*", "/{rest:.*}", side.answer)
    server = TestServer(app)
    await server.start_server()
    side.url = str(server.make_url("")).rstrip("/")
    try:
        yield side
    finally:
        await server.close()
