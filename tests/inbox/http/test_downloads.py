"""Files that are written while they are read: one that breaks off is known to be no whole file."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from inbox.http.downloads import download
from inbox.store import StoreError


@pytest.mark.parametrize("trouble", [StoreError("gone"), KeyError("a fault of ours")])
async def test_what_breaks_off_is_no_whole_file(trouble: Exception) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first,"
        raise trouble

    async def handler(request: web.Request) -> web.StreamResponse:
        return await download(request, pieces(), kind="text/csv; charset=utf-8", name="some.csv")

    app = web.Application()
    app.router.add_get("/", handler)
    async with TestServer(app) as server, aiohttp.ClientSession() as client:
        answer = await client.get(server.make_url("/"))
        assert answer.headers["Content-Disposition"] == 'attachment; filename="some.csv"'
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
