"""A bot process keeps conversations in memory; another one may have gone on with them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from running import Bot, Customer, Orders, a_turn, words


class Pair:
    """Two bots that share their conversations, and the orders API of both."""

    def __init__(self, models: Path, mongodb_uri: str, home: Path) -> None:
        self.orders = Orders()
        self.bots: list[Bot] = []
        more: dict[str, str] = {}
        for name in ("here", "there"):
            (home / name).mkdir()
            self.bots.append(Bot(models, mongodb_uri, self.orders, home / name, **more))
            more = {"PARLEY_BOT_MONGODB_DB": self.bots[0].database}

    def stop(self) -> None:
        for bot in self.bots:
            bot.stop()
        self.orders.stop()


@pytest.fixture(scope="module")
def pair(models: Path, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    pair = Pair(models, mongodb_uri, tmp_path_factory.mktemp("pair"))
    try:
        for bot in pair.bots:
            bot.start()
        yield pair
    finally:
        pair.stop()
        client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
        client.drop_database(pair.bots[0].database)
        client.close()


def test_a_turn_goes_on_from_what_another_process_has_written(pair: Pair) -> None:
    here, there = pair.bots
    customer = Customer(here)
    customer.says("hello")
    elsewhere = Customer(there)
    elsewhere.conversation = customer.conversation
    assert elsewhere.says("where is my order?")["active_form"] == "order_form"
    assert "on its way" in words(customer.says("48213"))
    assert elsewhere.says("thanks a lot")["slots"]["order_number"] == "48213"


def test_an_action_that_another_process_has_run_is_not_run_again(pair: Pair) -> None:
    here, there = pair.bots
    customer = Customer(here)
    customer.says("hello")
    turn = a_turn(customer.conversation, text="where is my order 48213?")
    answered = there.ask(turn).json()
    assert "on its way" in words(answered)
    asked = len(pair.orders.asked)
    again = here.ask(turn)  # whose memory knows of no such turn
    assert again.status_code == 200 and again.json()["replies"] == answered["replies"]
    assert len(pair.orders.asked) == asked


def test_an_action_runs_once_however_often_its_turn_is_asked_here(pair: Pair) -> None:
    customer = Customer(pair.bots[0])
    customer.says("hello")
    turn = a_turn(customer.conversation, text="where is my order 48213?")
    answered = customer.bot.ask(turn).json()
    asked = len(pair.orders.asked)
    for _ in range(3):
        assert customer.bot.ask(turn).json()["replies"] == answered["replies"]
    assert len(pair.orders.asked) == asked
