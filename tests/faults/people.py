"""Customers who write all the time, and agents who step in now and then."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from inbox.model.ids import new_id
from tests.faults.bot import HANDOFF
from tests.faults.ledger import Ledger, Rule
from tests.faults.pictures import picture
from tests.faults.provider import Cloud, texts, webhook

WORDS = (
    "Where is order 48213?",
    "How can I pay?",
    "Do you ship to Milan?",
    "What are your opening hours?",
    "Hello",
    "Thank you",
)
"""What a shop's customers say; numbered, so that no two messages are the same."""

Json = dict[str, Any]


async def customer(
    number: str,
    cloud: Cloud,
    ledger: Ledger,
    is_over: asyncio.Event,
    chance: random.Random,
    *,
    pause: float,
    pictures: float = 0.0,
) -> None:
    """Write one message after the other, each once the one before it was answered 200.

    Of one message in so many as `pictures` says (0.1: every tenth) a picture is part.
    """
    for count in range(1_000_000):
        if is_over.is_set():
            return
        words = HANDOFF if chance.random() < 0.01 else chance.choice(WORDS)
        words = f"{words} ({number[-2:]}.{count})"
        line = (f"wamid.{new_id()}", words)
        is_picture = pictures and chance.random() < pictures
        await cloud.knock(webhook([picture(number, line)] if is_picture else texts(number, line)))
        ledger.said[number].append(line)
        if is_picture:
            ledger.pictures.add(line[0])
        await asyncio.sleep(chance.uniform(0, 2 * pause))


async def batch(first: int, cloud: Cloud, ledger: Ledger, *, size: int = 1000, people: int = 50) -> None:
    """A webhook of so many messages at once, as Meta sends after it could not reach us for a while."""
    lines = [(str(first + n % people), (f"wamid.{new_id()}", f"batch no. {n}")) for n in range(size)]
    await cloud.knock(webhook([m for number, line in lines for m in texts(number, line)]))
    for number, line in lines:
        ledger.said[number].append(line)


async def shuffled(number: str, cloud: Cloud, ledger: Ledger, *, size: int = 10) -> None:
    """One customer's webhooks at once, in any order."""
    ledger.unordered.add(number)
    lines = [(f"wamid.{new_id()}", f"shuffled no. {n}") for n in range(size)]
    await asyncio.gather(*(cloud.knock(webhook(texts(number, line))) for line in reversed(lines)))
    ledger.said[number].extend(lines)


class Agent:
    """A signed-in agent who calls the API of any process, again and again until it answers."""

    def __init__(
        self,
        name: str,
        share: int,
        headers: dict[str, str],
        cloud: Cloud,
        ledger: Ledger,
        chance: random.Random,
    ) -> None:
        """`share` is 0 or 1: an agent serves every second customer, so that none hands back another's."""
        self.name = name
        self._share = share
        self.headers = headers
        self._cloud = cloud
        self._ledger = ledger
        self._chance = chance

    async def work(self, http: aiohttp.ClientSession, is_over: asyncio.Event) -> None:
        """Take over, answer, hand back; those whom the bot gave up first."""
        while not is_over.is_set():
            await asyncio.sleep(self._chance.uniform(0.1, 0.6))
            rows = await self._rows(http, "unassigned") or await self._rows(http, "bot")
            if rows:
                await self._serve(http, self._chance.choice(rows))

    async def clear(self, http: aiohttp.ClientSession) -> None:
        """Serve whoever still waits for a human."""
        while rows := await self._rows(http, "unassigned"):
            await self._serve(http, rows[0])

    async def _rows(self, http: aiohttp.ClientSession, tab: str) -> list[Json]:
        status, found = await self._call(http, "GET", f"/conversations?tab={tab}")
        rows = found["items"] if status == 200 else []
        return [row for row in rows if int(row["contact"]["address"][1:]) % 2 == self._share]

    async def _serve(self, http: aiohttp.ClientSession, row: Json) -> None:
        at, number = f"/conversations/{row['id']}", row["contact"]["address"].removeprefix("+")
        status, taken = await self._call(http, "POST", f"{at}/take_over", {"epoch": row["speaker"]["epoch"]})
        if status != 200 or taken["speaker"]["id"] is None:
            return
        since = time.monotonic()
        for _ in range(self._chance.randint(0, 2)):
            words = f"{self.name} says {new_id()}"
            status, _said = await self._call(
                http, "POST", f"{at}/messages", {"text": words, "client_id": new_id()}
            )
            if status == 201:
                self._ledger.replied.append((number, self.name, words))
            await asyncio.sleep(self._chance.uniform(0, 0.3))
        self._ledger.rules.append(Rule(number, since, time.monotonic()))
        await self._call(http, "POST", f"{at}/hand_back", {})

    async def _call(
        self, http: aiohttp.ClientSession, method: str, path: str, body: Json | None = None
    ) -> tuple[int, Any]:
        """The first answer that is neither a 5xx nor a 429. Every verb may be repeated."""
        limit = aiohttp.ClientTimeout(total=10)
        while True:
            url = f"{self._chance.choice(self._cloud.doors)}/api/v1{path}"
            since = time.monotonic()
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with http.request(
                    method, url, json=body, headers=self.headers, timeout=limit
                ) as answer:
                    found = await answer.json(content_type=None)
                    self._ledger.waited(method, time.monotonic() - since)
                    if answer.status < 500 and answer.status != 429:
                        return answer.status, found
            self._ledger.waited(method, time.monotonic() - since)
            await asyncio.sleep(0.3)


async def until(check: Callable[[], Awaitable[bool]], *, within: float) -> bool:
    """Whether `check` came true in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if await check():
            return True
        await asyncio.sleep(0.2)
    return False
