"""How long an agent's page waits."""

import asyncio

import pytest

from tests.parley import Parley


async def test_a_page_is_told_to_come_back_when_the_store_is_slow(
    parley: Parley, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await parley.an_agent()
    monkeypatch.setattr("inbox.http.limits._PATIENCE", 0.2)

    async def slow(*_: object, **__: object) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(parley.store.conversations, "page", slow)
    async with asyncio.timeout(3):
        url = f"{parley.url}/api/v1/conversations"
        async with parley.http.get(url, headers=agent.cookie) as answer:
            assert (answer.status, (await answer.json())["code"]) == (503, "busy")
            assert int(answer.headers["Retry-After"]) > 0
    monkeypatch.undo()
    assert "items" in await agent.get("/conversations")
