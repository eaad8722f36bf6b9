"""Agents' pages: in step with each other and with the store, and open to agents alone."""

import asyncio
from typing import Any

import pytest
import socketio

from inbox.actions.people import open_session
from inbox.app import now
from inbox.live.counting import Counting
from inbox.model.secrets import digest
from tests.parley import Client, Parley, until


async def a_conversation(parley: Parley, number: str, text: str = "Hi") -> Any:
    await parley.customer_says(text, phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])
    return (await parley.store.conversations.of_contact(contact.id))[0]


async def taken_by(parley: Parley, number: str, marco: Client) -> str:
    """A conversation that Marco speaks in, the bot's answer being out."""
    conversation = await a_conversation(parley, number)
    await until(lambda: _is_answered(parley, conversation.id))
    present = await marco.get(f"/conversations/{conversation.id}")
    await marco.post(f"/conversations/{conversation.id}/take_over", {"epoch": present["speaker"]["epoch"]})
    return conversation.id


async def _is_answered(parley: Parley, conversation_id: str) -> bool:
    conversation = await parley.store.conversations.get(conversation_id)
    return conversation.turn is None and conversation.delivery is None and conversation.seq > 1


@pytest.mark.parametrize("cookie", ["", "parley=", "parley=forged", "parley=\udcff"])
async def test_who_is_not_signed_in_is_not_let_in(parley: Parley, open_page, cookie: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError, match="signed_out"):
        await open_page("/agents", Cookie=cookie.encode("utf-8", "surrogateescape").decode("latin-1"))


async def test_another_sites_page_is_not_let_in(parley: Parley, open_page) -> None:
    client = await parley.an_agent("Lured Agent")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await open_page("/agents", **client.cookie, Origin="https://evil.example")


async def test_what_one_writes_is_told_to_ones_own_pages_alone(
    parley: Parley, open_page, as_agent, number: str
) -> None:
    (marco, his), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    his_phone = await open_page("/agents", **marco.cookie)
    at = (await a_conversation(parley, number)).id
    status, kept = await marco.call("PUT", f"/conversations/{at}/draft", {"reply": "Half a"})
    assert status == 200
    for page in (his, his_phone):
        assert await page.hears("draft", lambda d: d["reply"] == "Half a") == kept
    assert (await marco.call("PUT", f"/conversations/{at}/draft", {}))[0] == 204
    for page in (his, his_phone):
        gone = await page.hears("draft", lambda d: d["at"] is None)
        assert (gone["conversation_id"], gone["reply"], gone["note"]) == (at, "", "")
    assert [name for name, _ in hers.said if name == "draft"] == []


async def test_two_agents_are_in_step(parley: Parley, as_agent, number: str) -> None:
    (marco, his), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    at = await taken_by(parley, number, marco)
    for page in (his, hers):
        opened = await page.ask("open", {"conversation_id": at, "after_rev": None})
        assert opened["conversation"]["id"] == at
        assert [m["seq"] for m in opened["messages"]["items"]] == [1, 2, 3]
    assert {a["name"] for a in opened["viewing"]} >= {marco.user.name}
    await marco.post(f"/conversations/{at}/messages", {"client_id": "1", "text": "Hello, I am Marco."})
    for page in (his, hers):
        told = await page.hears("messages", lambda b: any(m["status"] == "sent" for m in b["items"]))
        (message,) = told["items"]
        assert (message["client_id"], message["content"]["text"]) == ("1", "Hello, I am Marco.")
    await hers.hears(
        "conversation", lambda c: c["id"] == at and c["last_message"]["preview"].startswith("Hello")
    )


async def test_a_reconnect_leaves_no_gap_and_no_double(
    parley: Parley, as_agent, open_page, number: str
) -> None:
    marco, page = await as_agent("Marco")
    at = await taken_by(parley, number, marco)
    opened = await page.ask("open", {"conversation_id": at, "after_rev": None})
    cursor = (await marco.get("/conversations/changes"))["cursor"]
    have = {m["id"]: m for m in opened["messages"]["items"]}
    rev = opened["messages"]["rev"]
    await page.socket.disconnect()
    for n in range(3):
        await parley.customer_says(f"while away {n}", phone=number)
    await marco.post(f"/conversations/{at}/messages", {"client_id": "a", "text": "written elsewhere"})
    again = await open_page("/agents", **marco.cookie)
    changed = await marco.get(f"/conversations/changes?since={cursor}")
    assert at in {c["id"] for c in changed["items"]}
    opened = await again.ask("open", {"conversation_id": at, "after_rev": rev})
    for message in opened["messages"]["items"]:
        assert message["rev"] > rev
        have[message["id"]] = message
    stored = await parley.thread(at)
    assert sorted(m["seq"] for m in have.values()) == [m.seq for m in stored]


async def test_the_pushes_of_a_thread_have_no_hole(parley: Parley, as_agent, number: str) -> None:
    marco, page = await as_agent("Marco")
    at = await taken_by(parley, number, marco)
    opened = await page.ask("open", {"conversation_id": at, "after_rev": None})
    for n in range(4):
        await parley.customer_says(f"{n}", phone=number)
        await marco.post(f"/conversations/{at}/messages", {"client_id": f"c{n}", "text": f"re {n}"})
    await until(lambda: _is_answered(parley, at))
    have = {m["id"]: m for m in opened["messages"]["items"]}

    async def complete() -> bool:
        for told in page.heard("messages"):
            have.update({m["id"]: m for m in told["items"]})
        return {i: m["status"] for i, m in have.items()} == {m.id: m.status for m in await parley.thread(at)}

    await until(complete)


async def test_notes_are_seen_by_colleagues(parley: Parley, as_agent, number: str) -> None:
    (marco, _), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    at = (await a_conversation(parley, number)).id
    await hers.ask("open", {"conversation_id": at, "after_rev": None})
    await marco.post(f"/conversations/{at}/messages", {"client_id": "n", "text": "Careful", "note": True})
    await hers.hears("messages", lambda b: b["items"][-1]["content"] == {"type": "note", "text": "Careful"})


async def test_who_views_and_who_types_is_seen(parley: Parley, as_agent, number: str) -> None:
    (marco, his), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    at = (await a_conversation(parley, number)).id
    await hers.ask("open", {"conversation_id": at, "after_rev": None})
    await his.ask("open", {"conversation_id": at, "after_rev": None})
    name = marco.user.name
    await hers.hears("viewing", lambda b: name in {a["name"] for a in b["agents"]})
    assert await his.ask("typing", {"conversation_id": at, "on": True, "note": True}) == {}
    await hers.hears("typing", lambda b: b["who"]["name"] == name and b["on"])
    assert await his.ask("close", {"conversation_id": at}) == {}
    await hers.hears("viewing", lambda b: name not in {a["name"] for a in b["agents"]})
    await his.socket.disconnect()
    await hers.hears(
        "presence",
        lambda b: any(a["name"] == name and a["presence"] == "offline" for a in b["agents"]),
    )


async def test_counts_follow(parley: Parley, as_agent, number: str) -> None:
    marco, page = await as_agent("Marco")
    await taken_by(parley, number, marco)
    await page.hears("counts", lambda counts: counts["mine"] == 1)
    assert (await marco.get("/counts"))["mine"] == 1


async def test_signing_out_ends_the_page(parley: Parley, as_agent) -> None:
    marco, page = await as_agent("Marco")
    form = {"csrf_token": marco._headers["X-CSRF-Token"]}
    url = f"{parley.url}/logout"
    async with parley.http.post(url, data=form, headers=marco.cookie, allow_redirects=False) as answer:
        assert answer.status == 303
    await asyncio.wait_for(page.left.wait(), 60)


async def test_a_session_that_ended_elsewhere_ends_the_page_too(
    parley: Parley, as_agent, live_agents
) -> None:
    (marco, his), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    await parley.store.sessions.remove_all({"user_id": marco.user.id})
    await live_agents.renew()
    await asyncio.wait_for(his.left.wait(), 60)
    assert not hers.left.is_set()


@pytest.fixture
def live_agents(parley: Parley) -> Any:
    """The namespace `/agents` of the running Parley."""
    listeners = [hear.__self__ for hear in parley.parts.bus._listeners]
    (counting,) = [listener for listener in listeners if isinstance(listener, Counting)]
    return counting._agents


@pytest.mark.parametrize(
    ("event", "body", "code"),
    [
        ("open", {"conversation_id": "nothing"}, "not_found"),
        ("open", {"conversation_id": 7}, "invalid"),
        ("open", {"conversation_id": "\ud800"}, "invalid"),
        ("open", {"conversation_id": "x" * 200}, "invalid"),
        ("open", {"conversation_id": "x", "after_rev": -1}, "invalid"),
        ("open", {"conversation_id": "x", "after_rev": True}, "invalid"),
        ("open", "x", "invalid"),
        ("open", None, "invalid"),
        ("typing", {}, "invalid"),
        ("close", [], "invalid"),
    ],
)
async def test_an_odd_word_gets_a_plain_answer(parley: Parley, as_agent, event, body, code) -> None:
    _, page = await as_agent("Marco")
    assert (await page.ask(event, body))["error"]["code"] == code


async def test_a_page_that_does_not_open_a_thread_does_not_hear_it(
    parley: Parley, as_agent, number: str
) -> None:
    (marco, _), (_, hers) = await as_agent("Marco"), await as_agent("Giulia")
    at = (await a_conversation(parley, number)).id
    await marco.post(f"/conversations/{at}/messages", {"client_id": "n", "text": "Careful", "note": True})
    await hers.hears("conversation", lambda c: c["id"] == at)
    assert not [b for b in hers.heard("messages") if b["conversation_id"] == at]


async def test_an_ended_session_takes_its_own_pages_along_at_once(
    parley: Parley, as_agent, open_page
) -> None:
    marco, here = await as_agent("Marco")
    cookie = await open_session(marco.user, store=parley.store, clock=now)
    there = await open_page("/agents", Cookie=f"parley={cookie}")
    await marco.call("DELETE", f"/me/sessions/{digest(cookie)}")
    await asyncio.wait_for(there.left.wait(), 60)
    assert await here.ask("close", {"conversation_id": "none"}) == {}
    assert not here.left.is_set()
