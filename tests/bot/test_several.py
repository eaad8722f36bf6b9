"""Several bot processes at one door."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from running import BOT, Bot, Customer, Orders, a_turn, wait_until


def workers_of(bot: Bot) -> list[int]:
    """The process ids of its workers."""
    children = Path(f"/proc/{bot.rasa.pid}/task/{bot.rasa.pid}/children").read_text()
    return [int(child) for child in children.split()]


def ticks_of(process: int) -> int:
    """User CPU time, in hundredths of a second; proc(5)."""
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11])


def test_two_processes_share_conversations_and_one_may_die(
    models: Path, mongodb_uri: str, orders: Orders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_BOT_PROCESSES", "2")
    bot = Bot(models, mongodb_uri, orders, tmp_path)
    try:
        bot.start()
        wait_until(lambda: bot.rasa.log.read_text().count("ready after") == 2, seconds=90, what="both")
        first, second = workers_of(bot)
        customers = [Customer(bot) for _ in range(6)]

        def converse(customer: Customer) -> None:
            # A connection for each turn, so that they come to both processes in no order.
            for text in ("hello", "where's my order?", "#48213", "what are your opening hours?") * 3:
                answer = fresh(bot, a_turn(customer.conversation, text=text))
                assert answer.status_code == 200 and answer.json()["replies"], answer.text
            assert answer.json()["slots"]["order_number"] == "48213"

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(converse, customers))
        used = [ticks_of(worker) for worker in (first, second)]
        assert all(ticks > 50 for ticks in used), used
        os.kill(first, signal.SIGKILL)
        assert fresh(bot, a_turn(customers[0].conversation, text="hello")).status_code == 200
        wait_until(lambda: bot.rasa.log.read_text().count("ready after") == 3, seconds=90, what="a third")
        the_same_turn_at_both(bot)
        for customer in customers:
            assert numbers_of(bot, mongodb_uri, customer.conversation)
    finally:
        bot.stop()
        client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
        client.drop_database(bot.database)
        client.close()


def the_same_turn_at_both(bot: Bot) -> None:
    """It is answered by one of them, and the other says to ask again or tells the same."""
    turn = a_turn("of-both", text="what are your opening hours?")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: fresh(bot, turn), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    told = [answer.json()["replies"] for answer in answers if answer.status_code == 200]
    assert told and all(one == told[0] for one in told)


def fresh(bot: Bot, turn: dict[str, Any]) -> httpx.Response:
    """A turn by a connection of its own."""
    return httpx.post(f"{bot.http.base_url}turn", json=turn, headers=bot.http.headers, timeout=30)


def numbers_of(bot: Bot, mongodb_uri: str, conversation: str) -> bool:
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    entries = list(client[bot.database]["journal"].find({"_id.c": conversation}).sort("_id", 1))
    client.close()
    return [entry["_id"]["n"] for entry in entries] == list(range(len(entries))) and len(entries) >= 12


def test_a_port_that_is_taken_is_an_error_in_words(bot: Bot, models: Path, mongodb_uri: str) -> None:
    environment = {
        **os.environ,
        "PARLEY_BOT_TOKEN": "a-token-for-tests-only",
        "PARLEY_BOT_PORT": str(bot.http.base_url.port),
        "PARLEY_BOT_MODELS": str(models),
        "PARLEY_BOT_MONGODB_URI": mongodb_uri,
    }
    ended = subprocess.run(
        [sys.executable, "serve.py"], cwd=BOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2 and "Address already in use" in ended.stderr
