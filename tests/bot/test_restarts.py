"""What a crash must not lose. Runs last of the tests that share the bot: it restarts it."""

from __future__ import annotations

from typing import Any

from pymongo import MongoClient

from running import Bot, Customer, a_turn, words


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


def test_a_turn_that_was_cut_short_is_finished(bot: Bot, mongodb_uri: str) -> None:
    customer = Customer(bot)
    turn = a_turn(customer.conversation, text="what are your opening hours?")
    bot.ask(turn)
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_uri)
    kept = client[bot.database]["conversations"]
    events = (kept.find_one({"sender_id": customer.conversation}) or {})["events"]
    last = next(i for i, event in enumerate(events) if event["event"] == "user")
    kept.update_one({"sender_id": customer.conversation}, {"$set": {"events": events[: last + 1]}})
    client.close()
    assert "Sunday" in words(bot.ask(turn).json())
    assert customer.says("thanks")["replies"]
