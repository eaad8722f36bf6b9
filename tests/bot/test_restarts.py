"""What a crash must not lose. Runs last of the tests that share the bot: it restarts it."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from running import Bot, Customer, Orders, a_turn, wait_until, words


def test_dialogue_survives_a_killed_bot(bot: Bot) -> None:
    customer = Customer(bot)
    customer.says("I want to return something")
    customer.says("48213")
    turn = a_turn(customer.conversation, text="the leg is cracked")
    before = bot.ask(turn).json()
    bot.rasa.stop(kill=True)
    bot.rasa.start()
    bot.wait()
    again = bot.ask(turn).json()
    assert again["replies"] == before["replies"]
    assert "your money back" in words(customer.says("a refund please"))


def test_a_turn_whose_bot_was_killed_is_run_when_asked_again(bot: Bot, mongodb_uri: str) -> None:
    customer = Customer(bot)
    customer.says("where is my order?")
    turn = a_turn(customer.conversation, text="50001")  # the orders API dawdles over this one
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(
            lambda: httpx.post(f"{bot.http.base_url}turn", json=turn, headers=bot.http.headers)
        )
        time.sleep(0.5)
        bot.rasa.stop(kill=True)
        assert isinstance(asked.exception(), httpx.TransportError), "the turn was over before the kill"
    bot.rasa.start()
    bot.wait()
    answer = bot.ask(turn).json()
    assert answer["handoff"]["reason"] == "action_failed"
    assert bot.ask(turn).json()["replies"] == answer["replies"]
    assert keys_of(bot, mongodb_uri, customer.conversation).count(f"turn:{turn['turn_id']}") == 1


def test_an_action_server_killed_in_the_middle_of_an_action_is_answered_once(
    bot: Bot, orders: Orders, mongodb_uri: str
) -> None:
    customer = Customer(bot)
    customer.says("where is my order?")
    turn, before = a_turn(customer.conversation, text="50001"), len(orders.asked)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(
            lambda: httpx.post(f"{bot.http.base_url}turn", json=turn, headers=bot.http.headers, timeout=60)
        )
        try:
            wait_until(lambda: len(orders.asked) > before, seconds=60, what="the action runs", every=0.01)
            bot.actions.stop(kill=True)
            answer = asked.result(60).json()
        finally:
            bot.start_actions()
    assert answer["handoff"]["reason"] == "action_failed" and answer["replies"]
    assert bot.ask(turn).json()["replies"] == answer["replies"]
    assert len(orders.asked) == before + 1
    assert keys_of(bot, mongodb_uri, customer.conversation).count(f"turn:{turn['turn_id']}") == 1
    assert "on its way" in words(customer.says("where is order 48213?"))


def test_a_turn_whose_asker_has_left_meanwhile_is_not_run(bot: Bot, mongodb_uri: str) -> None:
    """A bot that stood still finds questions that nobody asks any more: a human has answered them."""
    customer = Customer(bot)
    customer.says("hello")
    stale = a_turn(customer.conversation, text="where is order 48213?")
    os.kill(bot.rasa.pid, signal.SIGSTOP)
    try:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{bot.http.base_url}turn", json=stale, headers=bot.http.headers, timeout=1)
    finally:
        os.kill(bot.rasa.pid, signal.SIGCONT)
    assert words(customer.says("thank you"))
    assert f"turn:{stale['turn_id']}" not in keys_of(bot, mongodb_uri, customer.conversation)


def test_no_turn_is_run_after_a_later_one(bot: Bot, mongodb_uri: str) -> None:
    customer = Customer(bot)
    later = a_turn(customer.conversation, text="hello", place=9)
    answer = bot.ask(later).json()
    stale = a_turn(customer.conversation, text="where is order 48213?", place=5)
    refused = bot.ask(stale)
    assert (refused.status_code, refused.json()["title"]) == (503, "Nobody asks this any more")
    assert bot.ask(later).json()["replies"] == answer["replies"]
    assert bot.ask(a_turn(customer.conversation, text="thank you", place=11)).status_code == 200
    assert f"turn:{stale['turn_id']}" not in keys_of(bot, mongodb_uri, customer.conversation)


def test_a_bot_killed_again_and_again_answers_each_turn_once(bot: Bot, mongodb_uri: str) -> None:
    """Kills at any moment of any turn: every turn is answered in the end, in order, and once."""
    conversation = uuid.uuid4().hex
    turns = [a_turn(conversation, text=text) for text in ["hello", "what are your opening hours?"] * 12]
    dice = random.Random(4)
    answers: dict[str, Any] = {}
    done = threading.Event()

    def ask_all() -> None:
        with httpx.Client(headers=bot.http.headers, timeout=60) as http:
            for turn in turns:
                while turn["turn_id"] not in answers:
                    try:
                        answer = http.post(f"{bot.http.base_url}turn", json=turn)
                    except httpx.TransportError:
                        time.sleep(0.1)
                        continue
                    if answer.status_code == 200:
                        answers[turn["turn_id"]] = answer.json()
                    else:
                        assert answer.status_code in (409, 503), answer.text
                        time.sleep(0.1)
        done.set()

    asking = threading.Thread(target=ask_all)
    asking.start()
    for _ in range(3):
        time.sleep(dice.uniform(0.05, 0.15))
        if done.is_set():
            break
        bot.rasa.stop(kill=True)
        bot.rasa.start()
        bot.wait()
    asking.join(120)
    assert done.is_set()
    assert keys_of(bot, mongodb_uri, conversation) == [f"turn:{turn['turn_id']}" for turn in turns]
    for turn in turns:
        assert bot.ask(turn).json()["replies"] == answers[turn["turn_id"]]["replies"]


def keys_of(bot: Bot, mongodb_uri: str, conversation: str) -> list[str]:
    """The keys of a conversation's entries, in their order; its numbers must have no gap."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    entries = list(client[bot.database]["journal"].find({"_id.c": conversation}).sort("_id", 1))
    client.close()
    assert [entry["_id"]["n"] for entry in entries] == list(range(len(entries)))
    return [entry["key"] for entry in entries]
