"""Visitors' pages: each sees their own talk, all of it, and nothing else."""

import asyncio
import json
from typing import Any

import pytest
import socketio

from inbox.actions.channels import add_channel
from inbox.app import now
from inbox.model.secrets import VisitorTokens
from inbox.store import StoreUnavailable
from tests.parley import Parley, answer, until


@pytest.fixture(autouse=True)
def echoing(parley: Parley):
    from tests.parley import echo

    parley.bot.script, parley.bot.pause = echo, 0.0
    yield
    parley.bot.script, parley.bot.pause = echo, 0.0


async def sync(page, after_rev: int | None = None) -> Any:
    return await page.ask("sync", {"after_rev": after_rev})


def texts(items: list[Any]) -> list[str]:
    return [i["content"].get("text") or i["content"].get("event") for i in items]


async def talk(page, *words: str) -> str:
    """Write, wait for the bot, and say which conversation it is."""
    for n, word in enumerate(words):
        sent = await page.ask("send", {"client_id": f"{word}{n}", "text": word})
        assert sent["message"]["content"] == {"type": "text", "text": word}

    async def answered() -> Any:
        found = await sync(page)
        return found if f"You said: {words[-1]}" in str(texts(found["items"])[-1]) else None

    return (await until(answered))["conversation_id"]


async def test_a_visitor_writes_and_the_bot_answers(parley: Parley, as_visitor) -> None:
    welcome, page = await as_visitor()
    assert welcome["limits"] == {"text": parley.settings.max_text}
    assert (await sync(page))["conversation_id"] is None
    await talk(page, "Hello")
    told = await page.hears("messages", lambda b: "You said: Hello" in texts(b["items"]))
    assert told["items"][-1]["author"]["kind"] == "bot"
    assert texts((await sync(page))["items"]) == ["Hello", "You said: Hello"]


async def test_the_token_is_the_visitor(parley: Parley, as_visitor) -> None:
    welcome, page = await as_visitor()
    at = await talk(page, "Hello")
    await page.socket.disconnect()
    again, page = await as_visitor(welcome["token"])
    assert (again["visitor_id"], again["token"]) == (welcome["visitor_id"], welcome["token"])
    found = await sync(page)
    assert (found["conversation_id"], texts(found["items"])) == (at, ["Hello", "You said: Hello"])


async def test_a_forged_token_is_a_new_visitor(parley: Parley, as_visitor) -> None:
    welcome, page = await as_visitor()
    await talk(page, "A secret")
    visitor = welcome["visitor_id"]
    _, elsewhere = VisitorTokens("another key that is long enough too").issue("webchat")
    forged = [visitor, f"{visitor}.", f"{visitor}.{'A' * 43}", f"{visitor}.{elsewhere.partition('.')[2]}"]
    for token in [*forged, "\ud800.x", {"a": 1}, 7]:
        other, page = await as_visitor(token)
        assert other["visitor_id"] != visitor
        assert (await sync(page))["items"] == []


async def test_a_token_of_another_channel_is_a_new_visitor(parley: Parley, as_visitor, open_page) -> None:
    parts = parley.parts
    await add_channel("webchat", "shop", settings={}, store=parts.store, vault=parts.vault, clock=now)
    welcome, _ = await as_visitor()
    page = await open_page("/visitors", {"channel_id": "shop", "token": welcome["token"]})
    assert (await page.hears("welcome"))["visitor_id"] != welcome["visitor_id"]


@pytest.mark.parametrize("channel", ["nothing", "whatsapp", None, 7, {"$ne": ""}, "\ud800", "\0"])
async def test_there_is_no_chat_elsewhere(parley: Parley, open_page, channel: Any) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError, match="unknown_channel"):
        await open_page("/visitors", {"channel_id": channel})


async def test_no_visitor_hears_of_another(parley: Parley, as_visitor) -> None:
    (_, mine), (_, theirs) = await as_visitor(), await as_visitor()
    await talk(mine, "This is mine")
    await talk(theirs, "This is theirs")
    assert "theirs" not in json.dumps(mine.said)
    assert "mine" not in json.dumps(theirs.said)
    assert texts((await sync(theirs))["items"]) == ["This is theirs", "You said: This is theirs"]


async def test_two_tabs_of_one_visitor_are_in_step(parley: Parley, as_visitor) -> None:
    welcome, first = await as_visitor()
    _, second = await as_visitor(welcome["token"])
    await second.ask("sync", {"after_rev": None})
    await talk(first, "Hello")
    third_welcome, third = await as_visitor(welcome["token"])
    assert third_welcome["visitor_id"] == welcome["visitor_id"]
    await talk(third, "Again")
    await first.hears("messages", lambda b: "Again" in texts(b["items"]))


async def test_what_is_sent_twice_is_stored_once(parley: Parley, as_visitor) -> None:
    _, page = await as_visitor()
    said = {"client_id": "same", "text": "Hello"}
    answers = await asyncio.gather(*(page.ask("send", said) for _ in range(3)))
    assert len({a["message"]["id"] for a in answers}) == 1
    assert texts((await sync(page))["items"]).count("Hello") == 1


async def test_a_visitor_away_catches_up_without_a_gap_or_a_double(parley: Parley, as_visitor) -> None:
    welcome, page = await as_visitor()
    await talk(page, "one")
    found = await sync(page)
    have = {i["id"]: i for i in found["items"]}
    await page.socket.disconnect()
    _, elsewhere = await as_visitor(welcome["token"])
    await talk(elsewhere, "two")
    _, page = await as_visitor(welcome["token"])
    missed = await sync(page, found["rev"])
    assert missed["conversation_id"] == found["conversation_id"]
    have |= {i["id"]: i for i in missed["items"]}
    everything = await sync(page)
    assert sorted(have) == sorted(i["id"] for i in everything["items"])
    assert texts(everything["items"]) == ["one", "You said: one", "two", "You said: two"]


async def test_what_colleagues_write_among_themselves_stays_there(
    parley: Parley, as_visitor, as_agent
) -> None:
    marco, _ = await as_agent("Marco")
    _, page = await as_visitor()
    at = await talk(page, "Hello")
    present = await marco.get(f"/conversations/{at}")
    await marco.post(f"/conversations/{at}/messages", {"client_id": "n", "text": "SECRET note", "note": True})
    await marco.post(f"/conversations/{at}/assign", {"agent_id": marco.user.id})
    await marco.post(f"/conversations/{at}/take_over", {"epoch": present["speaker"]["epoch"]})
    await marco.post(f"/conversations/{at}/messages", {"client_id": "r", "text": "I am here."})
    await marco.post(f"/conversations/{at}/hand_back", {"outcome": "resolved", "note": "SECRET outcome"})
    await page.hears("messages", lambda b: "I am here." in texts(b["items"]))
    everything = await sync(page)
    assert texts(everything["items"]) == ["Hello", "You said: Hello", "taken_over", "I am here."]
    for said in (page.said, everything):
        assert "SECRET" not in json.dumps(said)
        assert marco.user.email not in json.dumps(said)
        assert marco.user.id not in json.dumps(said)


async def test_what_the_outbox_refuses_is_never_shown(parley: Parley, as_visitor, as_agent) -> None:
    marco, _ = await as_agent("Marco")
    _, page = await as_visitor()
    at = await talk(page, "Hello")
    parley.bot.script = lambda turn: answer("TOO LATE")
    parley.bot.pause = 0.4
    before = len(parley.bot.turns)
    await page.ask("send", {"client_id": "x", "text": "Anybody?"})
    await until(lambda: len(parley.bot.turns) > before)
    epoch = (await marco.get(f"/conversations/{at}"))["speaker"]["epoch"]
    await marco.post(f"/conversations/{at}/take_over", {"epoch": epoch})
    await marco.post(f"/conversations/{at}/messages", {"client_id": "r", "text": "I am here."})
    await page.hears("messages", lambda b: "I am here." in texts(b["items"]))
    await asyncio.sleep(0.5)
    assert "TOO LATE" not in json.dumps([page.said, await sync(page)])


async def test_an_agent_sees_that_the_visitor_has_read(parley: Parley, as_visitor) -> None:
    _, page = await as_visitor()
    at = await talk(page, "Hello")
    last = (await sync(page))["items"][-1]
    assert await page.ask("seen", {"seq": last["seq"]}) == {}
    assert await page.ask("seen", {"seq": last["seq"]}) == {}
    assert [m.status for m in await parley.thread(at)] == ["received", "read"]


async def test_typing_goes_both_ways_and_from_the_speaker_alone(parley: Parley, as_visitor, as_agent) -> None:
    (marco, his), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    _, page = await as_visitor()
    at = await talk(page, "Hello")
    await page.ask("typing", {"on": True})
    await his.hears("typing", lambda b: b["conversation_id"] == at and b["who"]["kind"] == "contact")
    epoch = (await marco.get(f"/conversations/{at}"))["speaker"]["epoch"]
    await marco.post(f"/conversations/{at}/take_over", {"epoch": epoch})
    await hers.ask("typing", {"conversation_id": at, "on": True})
    await his.ask("typing", {"conversation_id": at, "on": True, "note": True})
    await his.ask("typing", {"conversation_id": at, "on": True})
    told = await page.hears("typing")
    assert told == {"who": {"kind": "agent", "name": marco.user.name}, "on": True}
    assert len(page.heard("typing")) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"client_id": "1", "text": ""}, "empty"),
        ({"client_id": "1", "text": " \n"}, "empty"),
        ({"client_id": "1", "text": 7}, "empty"),
        ({"client_id": "1", "text": "\ud800"}, "empty"),
        ({"client_id": "1", "text": "x" * 8001}, "too_long"),
        ({"text": "no id"}, "invalid"),
        ({"client_id": "", "text": "no id"}, "invalid"),
        ({"client_id": "x" * 101, "text": "long id"}, "invalid"),
        ({"client_id": "1", "choice": {"title": "no payload"}}, "invalid"),
        ({"client_id": "1", "choice": {"title": "x" * 501, "payload": ""}}, "invalid"),
        ({"client_id": "1", "text": "a", "reply_to": {"$ne": 1}}, "invalid"),
        ("text", "invalid"),
    ],
)
async def test_what_cannot_be_sent_is_said_plainly(parley: Parley, as_visitor, body: Any, code: str) -> None:
    _, page = await as_visitor()
    assert (await page.ask("send", body))["error"]["code"] == code
    assert (await sync(page))["items"] == []


async def test_who_writes_too_fast_is_slowed_down(parley: Parley, as_visitor) -> None:
    _, page = await as_visitor()
    answers = [await page.ask("send", {"client_id": str(n), "text": f"{n}"}) for n in range(12)]
    assert [a.get("error", {}).get("code") for a in answers][-1] == "too_fast"
    assert sum("message" in a for a in answers) >= 10


async def test_a_second_page_lets_nobody_write_faster(parley: Parley, as_visitor) -> None:
    welcome, page = await as_visitor()
    for number in range(10):
        await page.ask("send", {"client_id": str(number), "text": "Hello"})
    _, another = await as_visitor(welcome["token"])
    answers = [await another.ask("send", {"client_id": f"b{n}", "text": "Hello"}) for n in range(3)]
    assert answers[-1]["error"]["code"] == "too_fast"


@pytest.mark.parametrize("event", ["sync", "typing", "seen", "end", "rate"])
async def test_a_page_has_only_so_much_to_say(
    parley: Parley, as_visitor, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    monkeypatch.setattr("inbox.live.visitors.monotonic", lambda: 1_000_000.0)
    welcome, page = await as_visitor()
    answers = await asyncio.gather(*(page.ask(event, {}) for _ in range(200)))
    assert not any(a.get("error", {}).get("code") == "too_fast" for a in answers)
    _, another = await as_visitor(welcome["token"])
    for each in (page, another):
        assert (await each.ask(event, {}))["error"]["code"] == "too_fast"
    _, neighbour = await as_visitor()
    assert (await neighbour.ask(event, {})).get("error", {}).get("code") != "too_fast"
    assert "message" in await page.ask("send", {"client_id": "1", "text": "Still heard"})


async def test_one_address_brings_no_flood_of_strangers(
    parley: Parley, as_visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.live.reception.is_this_machine", lambda address: False)
    monkeypatch.setattr("inbox.http.limits.Buckets.take", lambda buckets, key, now: False)
    with pytest.raises(socketio.exceptions.ConnectionError, match="too_many"):
        await as_visitor()
    _, token = parley.parts.visitors.issue("webchat")
    await as_visitor(token)


async def test_a_store_that_is_gone_asks_to_try_again(
    parley: Parley, as_visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> None:
        raise StoreUnavailable("gone")

    _, page = await as_visitor()
    monkeypatch.setattr(parley.parts.ingest, "submit", gone)
    refused = await page.ask("send", {"client_id": "1", "text": "Hello"})
    assert refused["error"]["code"] == "unavailable"
    monkeypatch.undo()
    assert "message" in await page.ask("send", {"client_id": "1", "text": "Hello"})
    monkeypatch.setattr(parley.store.presence, "online", gone)
    with pytest.raises(socketio.exceptions.ConnectionError, match="unavailable"):
        await as_visitor()


async def test_who_leaves_ends_the_talk(parley: Parley, as_visitor) -> None:
    welcome, page = await as_visitor()
    at = await talk(page, "Hello")
    assert await page.ask("end") == {}
    assert (await parley.store.conversations.get(at)).status == "resolved"
    _, page = await as_visitor(welcome["token"])
    assert await talk(page, "One more thing") == at


async def test_a_form_of_ones_own_conversation_is_filled_in(parley: Parley, as_visitor) -> None:
    form = {"type": "fill_form", "form_id": "f", "fields": [{"name": "street", "label": "Street"}]}
    asked = {
        "type": "options",
        "text": "Where?",
        "options": [{"title": "Fill in", "payload": "/send", "action": form}],
    }
    parley.bot.script = lambda turn: {**answer("-"), "replies": [asked]}
    _, page = await as_visitor()
    await page.ask("send", {"client_id": "1", "text": "Hi"})
    question = await until(lambda: first_of(page, "options"))
    body = {
        "client_id": "2",
        "form": {"name": "f", "values": {"street": "Via Torino 1"}},
        "reply_to": question,
    }
    _, stranger = await as_visitor()
    assert (await stranger.ask("send", body))["error"]["code"] == "invalid"
    sent = (await page.ask("send", body))["message"]["content"]
    values = {"street": "Via Torino 1", "flow_token": "/send"}
    assert sent == {"type": "form_answer", "name": "f", "values": values, "text": "Street: Via Torino 1"}
    told = await until(lambda: next((t for t in parley.bot.turns if t.get("payload")), None))
    assert (told["text"], told["payload"]) == ("Street: Via Torino 1", '/send{"street":"Via Torino 1"}')


async def first_of(page: Any, kind: str) -> str | None:
    """The id of the first message of that type, once there is one."""
    items = (await sync(page))["items"]
    return next((item["id"] for item in items if item["content"]["type"] == kind), None)
