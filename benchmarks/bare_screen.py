"""The least that a live inbox can cost: a durable insert, then one row written to every WebSocket."""

import asyncio
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime

import aiohttp
import uvloop
from aiohttp import web
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.write_concern import WriteConcern

from benchmarks.bare import SECRET, Batches


async def make_app() -> web.Application:
    client = AsyncIOMotorClient(os.environ["MONGODB_URI"])
    durable = WriteConcern(w="majority", j=True)
    batches = Batches(client.get_database("bare").get_collection("events", write_concern=durable))
    pages: set[web.WebSocketResponse] = set()

    async def hook(request: web.Request) -> web.Response:
        body = await request.read()
        given = request.headers["X-Hub-Signature-256"].removeprefix("sha256=")
        if not hmac.compare_digest(given, hmac.new(SECRET, body, hashlib.sha256).hexdigest()):
            return web.Response(status=401)
        value = json.loads(body)
        await batches.add(value)
        (change,) = value["entry"][0]["changes"]
        (message,) = change["value"]["messages"]
        row = [
            "conversation",
            {"from": message["from"], "at": f"{datetime.now(UTC)}", "text": message["text"]},
        ]
        frame = "42/agents," + json.dumps(row)
        await asyncio.gather(*(page.send_str(frame) for page in pages))
        return web.Response(text="OK")

    async def live(request: web.Request) -> web.WebSocketResponse:
        page = web.WebSocketResponse()
        await page.prepare(request)
        pages.add(page)
        async for frame in page:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                break
        pages.discard(page)
        return page

    async def healthz(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/hooks/whatsapp", hook)
    app.router.add_get("/live", live)
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
