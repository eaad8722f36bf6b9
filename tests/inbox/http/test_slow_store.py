"""A store that is slow turns webhooks away in time, and nothing is lost by it."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.proxy import Proxy, Wire
from tests.parley import Parley, running_parley, settings_for, until, whatsapp_texts


@pytest.fixture
async def wire(mongodb: str) -> AsyncIterator[Proxy]:
    """The wire to MongoDB."""
    wire = Proxy(urlsplit(mongodb).port or 0)
    await wire.start()
    yield wire
    await wire.stop()


async def test_while_the_store_is_silent_webhooks_are_sent_away_early_and_come_again(
    wire: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.store._SILENCE", 2_000)
    monkeypatch.setattr("inbox.http.limits._PATIENCE", 1.0)
    settings = settings_for(f"mongodb://127.0.0.1:{wire.port}/?directConnection=true", tmp_path)
    async with running_parley(settings) as parley:
        for lane in parley.parts.ingest._lanes:
            lane._patience, lane._slow = 1.0, 0.5
        agent = await parley.an_agent()
        knock = Knock(parley, await parley.whatsapp_secret())
        assert (await knock("0"))[0] == 200
        await until(lambda: parley.bot.turns)
        await wire.become(Wire.STALLED)
        said = [str(number) for number in range(1, 7)]
        answers = await asyncio.gather(*map(knock, said))
        assert {status for status, _ in answers} == {503}
        assert all(int(retry_after or 0) > 0 for _, retry_after in answers)
        assert (await knock("7"))[0] == 503
        assert (await agent.call("GET", "/conversations"))[0] == 503, "a page is told so as well"
        async with parley.http.get(f"{parley.url}/healthz") as health:
            assert health.status == 200
        await wire.become(Wire.WHOLE)
        for text in (*said, "7"):
            await until(lambda text=text: knock.is_taken(text))
        wire.delay = 0.05  # slow, but not silent: the desk goes on
        assert len((await agent.get("/conversations"))["items"]) == 8
        wire.delay = 0.0
        heard = []
        for conversation in await parley.conversations():
            heard += [m.content.text for m in await parley.thread(conversation.id) if m.direction == "in"]
        assert sorted(heard) == ["0", *said, "7"], "all of them, each once"


class Knock:
    """Meta's webhooks, which come again as they were until they are taken."""

    def __init__(self, parley: Parley, secret: str) -> None:
        self._parley = parley
        self._secret = secret.encode()

    async def __call__(self, text: str) -> tuple[int, str | None]:
        """The status of the answer, and when to come again."""
        body = whatsapp_texts(text, phone=f"1555000{text:0>4}", ids=[f"wamid.{text}"])
        raw = json.dumps(body).encode()
        signature = hmac.new(self._secret, raw, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        url = f"{self._parley.url}/hooks/whatsapp"
        async with self._parley.http.post(url, data=raw, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After")

    async def is_taken(self, text: str) -> bool:
        return (await self(text))[0] == 200
