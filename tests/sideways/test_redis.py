"""Redis carries hints: gone, it costs a second; back again, it carries on, and nothing was missed."""

import asyncio
from typing import Any

import pytest

from inbox.model.ids import new_id
from tests.parley import until
from tests.redis import RedisServer
from tests.sideways.fleet import Fleet
from tests.sideways.pages import Page


async def kill(redis: RedisServer) -> None:
    await redis.kill()


async def freeze(redis: RedisServer) -> None:
    redis.freeze()


async def start(redis: RedisServer) -> None:
    await redis.start()


async def thaw(redis: RedisServer) -> None:
    redis.thaw()


@pytest.mark.parametrize(("go", "come_back"), [(kill, start), (freeze, thaw)])
async def test_pages_miss_nothing_while_redis_is_gone(
    fleet: Fleet, redis: RedisServer, phones, go: Any, come_back: Any
) -> None:
    agents = [await fleet.an_agent("Fay") for _ in fleet.urls]
    pages = [await Page("/agents").connect(u, **a.cookie) for u, a in zip(fleet.urls, agents, strict=True)]
    widget = await Page("/visitors").connect(fleet.urls[2], {"channel_id": "webchat", "token": None})
    await widget.ask("send", {"client_id": new_id(), "text": "Hello"})
    row = await pages[0].hears("conversation", lambda c: c["channel_kind"] == "webchat")
    await until(fleet.is_quiet)

    async def everywhere(phone: str, *, within: float) -> None:
        for page in pages:
            await page.hears(
                "conversation", lambda c: phone in (c["contact"]["address"] or ""), within=within
            )

    await go(redis)
    try:
        assert await fleet.hook(fleet.urls[0], "While it is gone", phone=phones[0]) == 200
        there = f"{fleet.urls[0]}/api/v1/conversations/{row['id']}"
        present = await agents[0].call("GET", there)
        await agents[0].call("POST", f"{there}/take_over", {"epoch": present["speaker"]["epoch"]})
        await agents[0].call("POST", f"{there}/messages", {"client_id": new_id(), "text": "From elsewhere"})
        await everywhere(phones[0], within=60)
        await widget.hears("messages", lambda m: "From elsewhere" in str(m["items"]), within=60)
    finally:
        await come_back(redis)
    assert await fleet.hook(fleet.urls[1], "It is back", phone=phones[1]) == 200
    await everywhere(phones[1], within=60)
    await pages[0].ask("open", {"conversation_id": row["id"], "after_rev": None})
    await pages[1].ask("open", {"conversation_id": row["id"], "after_rev": None})

    async def is_carried() -> bool:
        """Typing is remembered by no store: it can only come through Redis."""
        await pages[0].ask("typing", {"conversation_id": row["id"], "on": True, "note": True})
        return bool(pages[1].heard("typing"))

    await until(is_carried)
    assert all(page.connections == 1 for page in (*pages, widget)), "nobody had to connect anew"
    await asyncio.gather(*(page.socket.disconnect() for page in (*pages, widget)))
