"""Kill -9 in the middle of a customer's picture: another process fetches it, and nothing is left."""

import asyncio
import hashlib
import hmac
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.machine.ports import free_port
from inbox.model.secrets import Vault
from inbox.store import Store
from tests.inbox.test_killed import ACCOUNT, SECRET, a_process
from tests.parley import settings_for, until, whatsapp_value
from tests.stores import forget

PICTURE = b"\x89PNG\r\n\x1a\n" + os.urandom(3 * 1024 * 1024)


class Cloud:
    """Meta with one picture, of which it sends half and then nothing, until it is told to send it all."""

    def __init__(self) -> None:
        self.port = free_port()
        self.halves = 0
        self.is_generous = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_get("/v26.0/4711", self._describe)
        app.router.add_get("/file", self._file)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield
        finally:
            await runner.cleanup()

    async def _describe(self, request: web.Request) -> web.Response:
        digest = hashlib.sha256(PICTURE).hexdigest()
        about = {"url": f"http://127.0.0.1:{self.port}/file", "sha256": digest, "file_size": len(PICTURE)}
        return web.json_response(about)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if not self.is_generous:
            await response.write(PICTURE[: len(PICTURE) // 2])
            self.halves += 1
            await asyncio.sleep(60)
        await response.write(PICTURE)
        return response


async def test_a_picture_survives_the_process_that_fetched_it(mongodb: str, tmp_path: Path) -> None:
    settings = settings_for(mongodb, tmp_path, bot_start=0.0)
    store = await Store.open(mongodb, settings.mongodb_db)
    cloud = Cloud()
    given = {"phone_number_id": ACCOUNT, "access_token": "x", "app_secret": SECRET, "verify_token": "x"}
    given["api_base"] = f"http://127.0.0.1:{cloud.port}"
    vault = Vault(settings.secret())
    await add_channel("whatsapp", "ledger", settings=given, store=store, vault=vault, clock=now)
    async with cloud.open(), aiohttp.ClientSession() as http, forgotten(store):
        first = await a_process(settings)
        await until(lambda: tells(http, f"{settings.public_url}/hooks/ledger"), within=60)
        await until(lambda: cloud.halves == 1)
        first.send(signal.SIGKILL)
        await first.ended()
        cloud.is_generous = True
        second = await a_process(settings)
        picture = await until(lambda: shown(store), within=60)  # a lease of 15 s, and a start
        file = await store.files.get(picture.file_id)
        kept = b"".join([chunk async for chunk in store.files.read(file.blob, 0, file.size)])
        assert kept == PICTURE
        assert await chunks(store) == {file.blob}
        await second.stop()


@asynccontextmanager
async def forgotten(store: Store) -> AsyncIterator[None]:
    """Drop the database in the end."""
    try:
        yield
    finally:
        await forget(store)


async def tells(http: aiohttp.ClientSession, url: str) -> bool:
    """Post a signed webhook with the picture. Whether it was taken."""
    message = {
        "from": "15552220001",
        "id": "wamid.picture",
        "timestamp": str(int(now().timestamp())),
        "type": "image",
        "image": {"id": "4711", "mime_type": "image/png"},
    }
    body = json.dumps(whatsapp_value({"messages": [message]})).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    try:
        async with http.post(url, data=body, headers=headers) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def chunks(store: Store) -> set[str]:
    return {d["files_id"] async for d in store._database["media.chunks"].find({}, {"files_id": 1})}


async def shown(store: Store) -> Any:
    conversations = await store.conversations.page({}, waiting=False, after=None, limit=1)
    thread, _ = await store.messages.page(conversations[0].id, before_seq=None, limit=10)
    return next((m.content for m in thread if getattr(m.content, "file_id", None)), None)
