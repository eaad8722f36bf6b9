"""Three processes are one Parley: for agents, for visitors, for customers and for the bot."""

import asyncio
import random

from inbox.model.ids import new_id
from tests.parley import answer, echo, until
from tests.sideways.fleet import Fleet
from tests.sideways.pages import Page


async def test_what_one_process_commits_agents_see_on_every_process(fleet: Fleet, phones) -> None:
    agents = [await fleet.an_agent(name) for name in ("Ada", "Bo", "Cleo")]
    pages = [await Page("/agents").connect(u, **a.cookie) for u, a in zip(fleet.urls, agents, strict=True)]
    assert await fleet.hook(fleet.urls[0], "Hello", phone=phones[0]) == 200
    rows = [await p.hears("conversation", lambda c: phones[0] in c["contact"]["address"]) for p in pages]
    assert len({row["id"] for row in rows}) == 1
    for page in pages:
        await page.ask("open", {"conversation_id": rows[0]["id"], "after_rev": None})
    assert await fleet.hook(fleet.urls[1], "Anybody there?", phone=phones[0]) == 200
    for page in pages:
        await page.hears("messages", lambda m: "Anybody there?" in str(m["items"]))
    await pages[0].ask("typing", {"conversation_id": rows[0]["id"], "on": True, "note": True})
    for page in pages[1:]:
        assert (await page.hears("typing"))["who"]["name"] == "Ada"
    viewing = await pages[2].hears("viewing", lambda v: len(v["agents"]) == 3)
    assert {agent["name"] for agent in viewing["agents"]} == {"Ada", "Bo", "Cleo"}
    for page in pages:
        await page.socket.disconnect()


async def test_visitor_and_agent_meet_on_different_processes(fleet: Fleet) -> None:
    agent = await fleet.an_agent("Dana")
    desk = await Page("/agents").connect(fleet.urls[0], **agent.cookie)
    widget = await Page("/visitors").connect(fleet.urls[1], {"channel_id": "webchat", "token": None})
    await widget.hears("welcome")
    said = await widget.ask("send", {"client_id": new_id(), "text": "Is anybody there?"})
    at = said["message"]["id"]
    row = await desk.hears("conversation", lambda c: (c["last_message"] or {}).get("id") == at)
    await widget.hears("messages", lambda m: "You said: Is anybody there?" in str(m["items"]))
    there = f"{fleet.urls[2]}/api/v1/conversations/{row['id']}"
    present = await agent.call("GET", there)
    await agent.call("POST", f"{there}/take_over", {"epoch": present["speaker"]["epoch"]})
    await agent.call("POST", f"{there}/messages", {"client_id": new_id(), "text": "I am."})
    told = await widget.hears("messages", lambda m: "I am." in str(m["items"]))
    assert told["speaker"] == {"kind": "agent", "name": "Dana"}
    await asyncio.gather(desk.socket.disconnect(), widget.socket.disconnect())


async def test_who_signs_out_at_one_process_is_out_at_all(fleet: Fleet) -> None:
    agent = await fleet.an_agent("Eve")
    page = await Page("/agents").connect(fleet.urls[2], **agent.cookie)
    form, headers = {"csrf_token": agent.csrf}, agent.cookie
    url = f"{fleet.urls[0]}/logout"
    async with fleet.http.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303
    await asyncio.wait_for(page.left.wait(), 60)
    await page.socket.disconnect()


async def test_a_conversation_has_one_turn_and_one_delivery_at_a_time(fleet: Fleet, phones) -> None:
    """Customers whose every message comes to another process than the one before, some of them twice."""
    said = {phone: [f"{phone} no. {n}" for n in range(25)] for phone in phones}
    before = await fleet.taken_by_each()

    async def customer(phone: str) -> None:
        for number, text in enumerate(said[phone]):
            ids = [f"wamid.{phone}.{number}"]
            urls = random.sample(fleet.urls, 1 + number % 2)
            posts = [fleet.hook(url, text, phone=phone, ids=ids) for url in urls]
            assert set(await asyncio.gather(*posts)) <= {200, 503}
            while await fleet.hook(random.choice(urls), text, phone=phone, ids=ids) != 200:
                await asyncio.sleep(0.05)

    await asyncio.gather(*(customer(phone) for phone in phones))
    await until(fleet.is_quiet, within=30)
    for phone in phones:
        thread = await fleet.thread_of(phone)
        assert [m.content.text for m in thread if m.direction == "in"] == said[phone]
        answers = [m.content.text for m in thread if m.direction == "out"]
        lines = [line for answer in answers for line in answer.removeprefix("You said: ").split("\n")]
        assert lines == said[phone], "every message had its turn, once and in its order"
        assert fleet.cloud.arrived[phone] == answers
    assert not fleet.bot.watch.overlaps
    assert not fleet.cloud.watch.overlaps
    assert len(fleet.cloud.taken) == len(set(fleet.cloud.taken))
    shares = [after - b for after, b in zip(await fleet.taken_by_each(), before, strict=True)]
    assert sum(shares) == len(phones) * 25, "none was taken by two"
    assert all(shares), shares


async def test_a_second_process_adds_its_hands_and_no_quarrel(fleet: Fleet, phones) -> None:
    """Customers spread as nginx does it: each process takes in its own, and none tries anything in vain.

    What two processes cost a message is what one costs, then. How many a second that makes is for
    `make bench-ingest ARGS="--processes 2"` to say, on a machine that has nothing else to do.
    """
    people = {"reason": "requested", "team": None, "summary": None}
    fleet.bot.script = lambda turn: answer("A person comes.", handoff=people)
    try:
        for phone in phones:
            assert await fleet.hook(fleet.urls[0], "A person, please", phone=phone) == 200
        await until(fleet.is_quiet, within=30)
    finally:
        fleet.bot.script = echo
    homes = {phone: fleet.urls[place % 2] for place, phone in enumerate(phones)}
    for phone, url in homes.items():  # now it is known there
        assert await fleet.hook(url, "Hello?", phone=phone) == 200
    taken, tried = await fleet.taken_by_each(), await fleet.tried_in_vain()

    async def customer(phone: str) -> None:
        for number in range(20):
            assert await fleet.hook(homes[phone], f"{phone} no. {number}", phone=phone) == 200

    await asyncio.gather(*(customer(phone) for phone in phones))
    shares = [after - before for after, before in zip(await fleet.taken_by_each(), taken, strict=True)]
    assert shares == [60, 60, 0]
    assert await fleet.tried_in_vain() == tried
    for phone in phones:
        said = [m.content.text for m in await fleet.thread_of(phone) if m.direction == "in"]
        assert said[2:] == [f"{phone} no. {number}" for number in range(20)]
