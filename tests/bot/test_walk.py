"""One conversation of 500 turns in any order: orders, returns, interruptions, oddities, handoffs and back.

`WALK_SEEDS=1,2,3 scripts/test-bot tests/bot/test_walk.py` walks other ways.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bson
import pytest
from pymongo import MongoClient

from running import Bot, Customer, Orders
from test_hostile import ODDLY, SAID
from test_long import cpu_of

SEEDS = [int(seed) for seed in os.environ.get("WALK_SEEDS", "4").split(",")]
TURNS, PART = 500, 100
MOST = 1.5
"""The last hundred turns against the second: their CPU, and the size of what is written."""
MOST_MEMORY = 40
"""MB that the process may gain between the same."""
PLAIN = (
    "hello",
    "thanks a lot",
    "bye",
    "how long does delivery take?",
    "how can I pay?",
    "do you ship to Italy?",
    "where is my refund?",
    "cancel order 51877",
    "I moved, send order 24001 somewhere else",
    "where is order 99999?",
    "where is order 50000?",
    "I want to exchange the lamp from order 31009, it is too small",
    "I want to talk to a person",
    "your service is terrible",
    "tell me a joke",
    "2 items",
    "never mind",
)


@pytest.fixture
def walked(models: Path, mongodb_uri: str, orders: Orders, tmp_path: Path) -> Iterator[Bot]:
    """A bot that nobody else talks to: its log, memory and processor are this conversation's."""
    bot = Bot(models, mongodb_uri, orders, tmp_path)
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    try:
        bot.start()
        yield bot
    finally:
        bot.stop()
        client.drop_database(bot.database)
        client.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_five_hundred_turns_in_all_ways_end_as_they_began(walked: Bot, mongodb_uri: str, seed: int) -> None:
    dice, customer = random.Random(seed), Customer(walked)
    spent, memory = [], []
    for number in range(TURNS):
        said = dice.choice(PLAIN + SAID)
        if dice.random() < 0.3:
            said = dice.choice(ODDLY)(said, dice)[:8_000]
        before = cpu_of(walked.rasa.pid)
        answer = customer.says(said)
        spent.append(cpu_of(walked.rasa.pid) - before)
        assert answer["replies"] or answer["handoff"], (number, said)
        if answer["handoff"] and dice.random() < 0.7:  # else the customer goes on writing
            agent = {"type": "agent_said", "text": "Let me look.", "agent": "grace"}
            walked.tell(customer.conversation, agent, {"type": "handed_back", "outcome": "resolved"})
        if number % PART == PART - 1:
            memory.append(resident(walked.rasa.pid))
    log = walked.rasa.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 1_000 :][:4_000]
    assert statistics.median(spent[-PART:]) < MOST * statistics.median(spent[PART : 2 * PART])
    assert memory[-1] - memory[1] < MOST_MEMORY, memory
    sizes = written(walked, mongodb_uri, customer.conversation)
    assert len(sizes) >= TURNS
    assert statistics.median(sizes[-PART:]) < MOST * statistics.median(sizes[PART : 2 * PART])


def written(bot: Bot, mongodb_uri: str, conversation: str) -> list[int]:
    """Bytes of each of a conversation's entries, in their order; its numbers must have no gap."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    entries = list(client[bot.database]["journal"].find({"_id.c": conversation}).sort("_id", 1))
    client.close()
    assert [entry["_id"]["n"] for entry in entries] == list(range(len(entries)))
    return [len(bson.encode(entry)) for entry in entries]


def resident(process: int) -> float:
    """MB of memory that a process has."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
