"""The review queue: what customers wrote is taught to the bot, once, masked, and undone if need be."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from inbox.model.people import Role
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Client, Parley, answer, until


@pytest.fixture(autouse=True)
async def a_fresh_start(parley: Parley, data: Path) -> None:
    """The tiny bot's data, and no customer yet."""
    a_tiny_bot(data)
    for name in ("messages", "conversations", "studio_reviews", "studio_proposals"):
        await parley.store._database[name].delete_many({})
    parley.bot.script = unsure


def unsure(turn: dict[str, Any]) -> dict[str, Any]:
    """A bot that takes everything for a greeting, and that not surely."""
    parse = {
        "text": turn["text"],
        "intent": {"name": "nlu_fallback", "confidence": 0.3},
        "ranking": [{"name": "greet", "confidence": 0.28}],
        "entities": [],
    }
    return answer("Sorry?", parse=parse)


async def queue(designer: Client, count: int) -> list[dict[str, Any]]:
    async def look() -> list[list[dict[str, Any]]] | None:
        items: list[dict[str, Any]] = (await designer.get("/studio/review"))["items"]
        return [items] if sum(item["count"] for item in items) == count else None

    found: list[list[dict[str, Any]]] = await until(look, within=30)
    return found[0]


def whole(item: dict[str, Any], intent: str | None) -> dict[str, Any]:
    texts = [text["text"] for text in item["texts"]]
    return {"keys": [text["key"] for text in item["texts"]], "examples": texts, "intent": intent}


async def test_what_customers_write_is_taught_masked_and_never_comes_back(
    parley: Parley, designer: Client, data: Path
) -> None:
    await parley.customer_says("I am Ada, cancel order 48213", phone="15550100001", name="Ada")
    await parley.customer_says("i am ada, cancel order 50917!", phone="15550100002", name="Ada")
    (item,) = await queue(designer, 2)
    assert item["text"] in ("I am Alex, cancel order 00000", "i am Alex, cancel order 00000!")
    assert item["intent"] == "greet" and item["confidence"] == 0.28
    told = await designer.post("/studio/review/teach", {"items": [whole(item, "cancel_order")]})
    assert told["items"][0]["review"]["by"]["name"] == "Ana Design"
    written = (data / "nlu" / "all.yml").read_text()
    assert "- intent: cancel_order" in written and "cancel order 00000" in written
    assert "48213" not in written.split("cancel_order")[1] and "Ada" not in written
    assert "cancel_order" in (data / "domain.yml").read_text()
    await parley.customer_says("I am Ada, cancel order 11111", phone="15550100003", name="Ada")
    await parley.customer_says("something else altogether", phone="15550100004")
    (left,) = await queue(designer, 1)
    assert left["text"] == "something else altogether"


async def test_a_verdict_can_be_taken_back(parley: Parley, designer: Client, data: Path) -> None:
    before = (data / "nlu" / "all.yml").read_bytes()
    await parley.customer_says("good day to you sir", phone="15550100011")
    (item,) = await queue(designer, 1)
    told = await designer.post("/studio/review/teach", {"items": [whole(item, "greet")]})
    assert (data / "nlu" / "all.yml").read_bytes() != before
    assert await queue(designer, 0) == []
    review_id = told["items"][0]["review"]["id"]
    await designer.post(f"/studio/review/{review_id}/undo")
    assert (data / "nlu" / "all.yml").read_bytes() == before
    assert len(await queue(designer, 1)) == 1
    assert (await designer.call("POST", f"/studio/review/{review_id}/undo"))[0] == 404


async def test_two_designers_do_not_do_the_same_twice(parley: Parley, designer: Client, data: Path) -> None:
    other = await parley.an_agent("Bea Design", Role.DESIGNER)
    await parley.customer_says("let me speak to your boss", phone="15550100021")
    (item,) = await queue(designer, 1)
    body = {"items": [whole(item, "greet")]}
    both = await asyncio.gather(*(one.post("/studio/review/teach", body) for one in (designer, other)))
    results = [told["items"][0] for told in both]
    assert sorted("review" in one for one in results) == [False, True]
    (refused,) = [one for one in results if "error" in one]
    assert refused["code"] == "already_there" and "has reviewed this already" in refused["error"]
    assert (data / "nlu" / "all.yml").read_text().count("let me speak to your boss") == 1


async def test_what_is_dismissed_teaches_nothing_and_stays_away(
    parley: Parley, designer: Client, data: Path
) -> None:
    before = (data / "nlu" / "all.yml").read_bytes()
    await parley.customer_says("asdf qwer", phone="15550100031")
    await parley.customer_says("what is the meaning of life", phone="15550100032")
    items = await queue(designer, 2)
    told = await designer.post("/studio/review/dismiss", {"items": [whole(item, None) for item in items]})
    assert [one["review"]["verdict"] for one in told["items"]] == ["dismissed", "dismissed"]
    assert await queue(designer, 0) == []
    assert (data / "nlu" / "all.yml").read_bytes() == before


async def test_what_cannot_be_taught_comes_back(parley: Parley, designer: Client) -> None:
    await parley.customer_says("tell me a joke", phone="15550100041")
    (item,) = await queue(designer, 1)
    for intent, examples in (
        ("not an intent!", ["tell me a joke"]),
        ("greet", ["call 0123456789"]),
        ("", ["x"]),
    ):
        body = {"items": [{**whole(item, intent), "examples": examples}]}
        told = await designer.post("/studio/review/teach", body)
        assert "error" in told["items"][0], (intent, told)
        assert len(await queue(designer, 1)) == 1


async def test_an_agents_correction_is_a_proposal_under_their_name(parley: Parley, designer: Client) -> None:
    agent = await parley.an_agent("Marco Rossi")
    await parley.customer_says("I want my money back", phone="15550100051")
    (item,) = await queue(designer, 1)
    assert "order_status" in (await agent.get("/intents"))["items"]
    await agent.post(f"/messages/{item['message_id']}/intent", {"intent": "refund"})
    (item,) = await queue(designer, 1)
    assert item["corrections"] == [{"intent": "refund", "by": "Marco Rossi"}]
    assert (await agent.call("POST", "/messages/nothing/intent", {"intent": "refund"}))[0] == 404
    assert (await designer.call("POST", f"/messages/{item['message_id']}/intent", {"intent": "x"}))[0] == 403


async def test_only_who_may_read_conversations_sees_what_is_masked(parley: Parley, designer: Client) -> None:
    admin = await parley.an_agent("Head Admin", Role.ADMIN)
    await parley.customer_says("my number is 07946 095 812", phone="15550100061")
    (item,) = await queue(designer, 1)
    assert item["text"] == "my number is 00000 000 000"
    path = f"/studio/review/messages/{item['message_id']}"
    assert (await designer.call("GET", path))[0] == 403
    assert (await admin.get(path))["text"] == "my number is 07946 095 812"
