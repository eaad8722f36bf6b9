"""A provider is gone for an hour: memory stays bounded, and the backlog leaves in order.

The hour is simulated, the store is real: the clock is moved on to whenever something is due next, so every
attempt that an hour holds is made.
"""

import asyncio
import gc
import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.content import Text
from connectors.errors import ProviderDown
from inbox.model.commit import Commit, change_of
from inbox.model.message import BOT
from inbox.model.thread import Thread
from inbox.store import Store
from tests.inbox.factories import heard, phone
from tests.inbox.office import Office, says, working

pytestmark = pytest.mark.timeout(120)

CUSTOMERS, MESSAGES = 50, 5
MIB = 1 << 20


class Gone:
    """The provider: down until the hour is over; then it takes everything and keeps the order."""

    def __init__(self) -> None:
        self.is_down = True
        self.attempts = 0
        self.arrived: dict[str, list[str]] = {}

    async def answer(self, message: Any) -> Exception | str:
        self.attempts += 1
        if self.is_down:
            return ProviderDown("Out of order.")
        self.arrived.setdefault(message.to[0].value, []).append(message.content.text)
        return f"wamid.{self.attempts}"


async def test_an_hour_without_a_provider_costs_no_memory_and_no_order(store: Store) -> None:
    office = Office(store)
    gone = Gone()
    office.provider.answers = Always(gone.answer)  # type: ignore[assignment]
    office.provider.asked = Nothing()  # type: ignore[assignment]
    office.provider.taken = Nothing()  # type: ignore[assignment]
    numbers = [f"+1555{n:07}" for n in range(CUSTOMERS)]
    office.bot.script = lambda turn: says()
    await office.take(*(heard("Hi", phone(number)) for number in numbers))
    used: list[int] = []
    tracemalloc.start()
    async with working(office):
        for round_ in range(MESSAGES):
            await everyone_is_told(office, f"message {round_}")
            await pass_time(office, timedelta(minutes=60 / MESSAGES))
            office.changes.clear()  # the office's own memory is not the product's
            gc.collect()
            used.append(tracemalloc.get_traced_memory()[0])
        print("MiB at each fifth of the hour:", *(f"{n / MIB:.2f}" for n in used))
        tracemalloc.stop()
        tries_an_hour = gone.attempts
        gone.is_down = False
        await pass_time(office, timedelta(minutes=20))
    assert tries_an_hour > CUSTOMERS * 8, "every customer's first message was tried again and again"
    assert tries_an_hour < CUSTOMERS * 30, "and ever more rarely: nobody was stormed"
    assert used[-1] < used[0] + MIB // 2, [f"{n / MIB:.1f} MiB" for n in used]
    expected = [f"message {n}" for n in range(MESSAGES)]
    assert gone.arrived == dict.fromkeys(numbers, expected)
    assert await store.conversations.count({"delivery": {"$ne": None}}) == 0


class Always(list[Any]):
    """Answers that do not come to an end."""

    def __init__(self, answer: Any) -> None:
        super().__init__([answer])

    def pop(self, place: Any = 0) -> Any:
        return self[0]


class Nothing(list[Any]):
    """Forgets at once: what the office remembers is not the product's memory."""

    def append(self, thing: Any) -> None:
        return


async def everyone_is_told(office: Office, words: str) -> None:
    """The bot writes to every customer."""
    for conversation in await office.store.conversations.page({}, waiting=False, after=None, limit=1000):

        async def work(session: Any, at: str = conversation.id) -> tuple[Commit, None]:
            present = await office.store.conversations.get(at, session)
            assert present is not None
            thread = Thread(present, office.clock())
            thread.say(BOT, Text(words))
            return Commit(conversations=[change_of(thread)]), None

        commit, _ = await office.store.change(work)
        office.bus.publish(commit)


async def pass_time(office: Office, span: timedelta) -> None:
    """Let the clock run, stopping wherever something is due, until nobody has anything to do at its end."""
    end = office.clock() + span
    while True:
        await rest(office)
        due = await next_due(office.store)
        if due is None or due > end:
            break
        office.clock.at = max(due, office.clock.at + timedelta(seconds=15))
        for conversation_id in await office.store.conversations.due("delivery", office.clock(), 1000):
            office.outbox.worker.wake(conversation_id)  # it would look by itself, twice a second of our time
    office.clock.at = max(end, office.clock.at)


async def rest(office: Office) -> None:
    """Wait until nothing that is due now is left: all is done, or put off."""
    query = {"$or": [{"delivery.at": {"$lte": office.clock()}}, {"delivery.owner": {"$type": "string"}}]}
    while await office.store.conversations.count(query):
        await asyncio.sleep(0.02)


async def next_due(store: Store) -> datetime | None:
    """When the next delivery is due."""
    found = await store._database.conversations.find_one(
        {"delivery": {"$ne": None}}, sort=[("delivery.at", 1)]
    )
    return found["delivery"]["at"] if found else None
