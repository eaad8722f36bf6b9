"""The least that a webhook can cost: check the HMAC, parse the JSON, insert the batch into one collection.

As durable as Parley (`w: majority, j: true`) and as batched: what arrives while one insert is under way goes
into the next.
"""

import asyncio
import hashlib
import hmac
import json
import os
from typing import Any

import uvloop
from aiohttp import web
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.write_concern import WriteConcern

SECRET = b"the app's secret"
SINGLY = "BARE_SINGLY" in os.environ
"""Whether each webhook is inserted by itself, rather than with all that wait."""


class Batches:
    """Inserts what waits, all together."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection
        self._waiting: list[tuple[Any, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    async def add(self, document: Any) -> None:
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((document, done))
        self._wake.set()
        await done

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._collection.insert_many([document for document, _ in batch], ordered=False)
                for _, done in batch:
                    done.set_result(None)


async def make_app() -> web.Application:
    client = AsyncIOMotorClient(os.environ["MONGODB_URI"])
    durable = WriteConcern(w="majority", j=True)
    collection = client.get_database("bare").get_collection("events", write_concern=durable)
    batches = Batches(collection)

    async def hook(request: web.Request) -> web.Response:
        body = await request.read()
        given = request.headers["X-Hub-Signature-256"].removeprefix("sha256=")
        if not hmac.compare_digest(given, hmac.new(SECRET, body, hashlib.sha256).hexdigest()):
            return web.Response(status=401)
        document = json.loads(body)
        await (collection.insert_one(document) if SINGLY else batches.add(document))
        return web.Response(text="OK")

    async def healthz(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/hooks/whatsapp", hook)
    app.router.add_get("/healthz", healthz)
    tasks = []

    async def start(app: web.Application) -> None:
        tasks.append(asyncio.create_task(batches.run()))

    app.on_startup.append(start)
    return app


if __name__ == "__main__":
    web.run_app(
        make_app(),
        host="127.0.0.1",
        port=int(os.environ["PARLEY_HTTP_PORT"]),
        loop=uvloop.new_event_loop(),
        access_log=None,
        print=None,
    )
