"""The API: what is asked wrongly is said plainly, what is asked rightly is complete."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from inbox.actions.triage import prioritise
from inbox.http.lists import changes
from inbox.ingest import Busy
from inbox.model.ids import new_id
from inbox.model.people import Role
from inbox.model.routing import PRIORITIES
from inbox.store import StoreUnavailable, findings
from inbox.store.findings import Entry
from tests.inbox.factories import heard, phone
from tests.inbox.office import Office
from tests.parley import Client, Parley, until, whatsapp_texts

ODD_PATHS = [
    "/conversations/%00",
    "/conversations/%ED%A0%80",
    "/conversations/%FF/messages",
    "/conversations/" + "x" * 3000,
    "/contacts/$where",
    "/conversations?q=%00",
    "/conversations?q=%ED%A0%80",
    "/conversations?q=(((",
    "/conversations?cursor=x",
    "/conversations?cursor=%C3%A4",
    "/conversations?cursor=WzksIiJd",
    "/conversations?cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LCIiXQ",
    "/conversations?limit=--5",
    "/conversations?limit=%C2%B2",
    "/conversations?limit=-1",
    "/conversations?limit=99999999999999999999",
    "/conversations?tab=nothing",
    "/conversations?channel_id=%00",
    "/conversations/changes?since=%00",
    "/conversations/x/messages?after_rev=1e9",
    "/conversations/x/messages?before_seq=",
]


@pytest.mark.parametrize("path", ODD_PATHS)
async def test_an_odd_question_is_no_server_error(parley: Parley, agent: Client, path: str) -> None:
    from yarl import URL

    url = URL(f"{parley.url}/api/v1{path}", encoded=True)
    async with parley.http.get(url, headers=agent.cookie) as answer:
        assert answer.status < 500, await answer.text()


ODD_BODIES = [b"", b"[]", b"null", b"{", b"\xff", b'{"text": 1}', b'{"text": null}', b"[" * 100_000]
ODD_BODIES += [b'{"unknown": 1}', b'{"content": {"type": "note", "text": "x"}}', b'{"epoch": 1e400}']
ODD_BODIES += [b'{"content": {"type": "text", "text": ""}}', b'{"content": {"type": "nothing"}}']
ODD_BODIES += [b'{"text": "x", "client_id": ""}', b'{"text": "x", "note": true, "client_id": "\\ud800"}']
ODD_BODIES += [b'{"content": {"type": "text", "text": "x", "y": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"]
ODD_BODIES += [b'{"seq": 99999999999999999999999}', b'{"agent_id": "\\u0000"}']


@pytest.mark.parametrize("verb", ["messages", "take_over", "hand_back", "assign", "read", "resolve"])
async def test_an_odd_body_is_no_server_error(parley: Parley, agent: Client, number: str, verb: str) -> None:
    await parley.customer_says("Hi", phone=number)
    at = (await parley.conversations())[0].id
    headers = {**agent._headers, "Content-Type": "application/json"}
    for body in ODD_BODIES:
        url = f"{parley.url}/api/v1/conversations/{at}/{verb}"
        async with parley.http.post(url, data=body, headers=headers) as answer:
            assert answer.status < 500, (body, await answer.text())


async def test_an_error_is_a_problem_in_plain_words(parley: Parley, agent: Client) -> None:
    status, problem = await agent.call("GET", "/conversations/nothing")
    assert status == 404
    assert problem == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such conversation.",
        "code": "not_found",
    }


@pytest.mark.parametrize("path", ["/", "/login", "/nothing", "/api/v1/me", "/hooks/nothing", "/healthz",
                                  "/static/nothing", "/socket.io/?EIO=4", "/demo", "/widget/webchat",
                                  "/rehearsal", "/metrics"])  # fmt: skip
async def test_every_answer_keeps_browsers_strict(parley: Parley, path: str) -> None:
    async with parley.http.get(parley.url + path, allow_redirects=False) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if path.startswith("/hooks/"):
            return  # a provider is no browser
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        framed = "frame-ancestors *" if path.startswith("/widget/") else "frame-ancestors 'none'"
        assert framed in policy or path == "/rehearsal"


async def test_a_store_that_does_not_answer_is_a_503_that_says_when(
    parley: Parley, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (StoreUnavailable("gone"), Busy("so much")):

        async def refuse(arrivals: Any, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(parley.parts.ingest, "submit", refuse)
        url = f"{parley.url}/hooks/whatsapp"
        body = b"{}"
        import hashlib
        import hmac

        mac = hmac.new((await parley.whatsapp_secret()).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={mac}"}
        async with parley.http.post(url, data=body, headers=headers) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) >= 1
        monkeypatch.undo()
    await parley.customer_says("Back again", phone=number)


async def test_health_tells_the_store_and_the_bot_apart(parley: Parley) -> None:
    async with parley.http.get(f"{parley.url}/healthz") as answer:
        assert answer.status == 200

    async def ready() -> bool:
        async with parley.http.get(f"{parley.url}/readyz") as answer:
            return answer.status == 200 and await answer.json() == {"store": "ready", "bot": "ready"}

    await until(ready)


async def test_a_repeated_request_of_a_program_is_one_message(
    parley: Parley, agent: Client, number: str
) -> None:
    await parley.customer_says("Hi", phone=number)
    conversation = (await parley.conversations())[0]
    url = f"{parley.url}/api/v1/conversations/{conversation.id}/messages"
    headers = {**agent._headers, "Idempotency-Key": "key-1"}
    ids = set()
    for _ in range(3):
        async with parley.http.post(url, json={"text": "A note", "note": True}, headers=headers) as answer:
            assert answer.status == 201
            ids.add((await answer.json())["id"])
    assert len(ids) == 1


async def test_of_two_agents_in_the_api_one_gets_the_conversation(parley: Parley, number: str) -> None:
    marco, giulia = await parley.an_agent(f"Marco {number}"), await parley.an_agent(f"Giulia {number}")
    await parley.customer_says("Hi", phone=number)
    at = (await parley.conversations())[0]
    path = f"/conversations/{at.id}/take_over"
    answers = await asyncio.gather(
        *(who.call("POST", path, {"epoch": at.speaker.epoch}) for who in (marco, giulia))
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    lost = next(body for status, body in answers if status == 409)
    won = next(body for status, body in answers if status == 200)
    assert lost["code"] == "stale_epoch"
    assert won["speaker"]["name"] in lost["detail"]


async def test_the_thread_is_paged_without_a_gap(parley: Parley, agent: Client, number: str) -> None:
    await parley.hook(whatsapp_texts(*[str(n) for n in range(60)], phone=number))
    at = (await parley.conversations())[0].id
    seen: list[int] = []
    before, more = "", True
    while more:
        page = await agent.get(f"/conversations/{at}/messages?limit=7&before_seq={before}")
        seen = [m["seq"] for m in page["items"]] + seen
        before, more = seen[0], page["more"]
    assert seen == list(range(1, seen[-1] + 1))
    assert len(seen) >= 60


# Lists and cursors, on a clock of their own.


class Asked:
    """A request as far as the list looks at it."""

    def __init__(self, **query: str) -> None:
        self.query = query


async def test_every_row_of_one_commit_is_on_exactly_one_page(office: Office) -> None:
    from inbox.http.lists import listing
    from tests.inbox.factories import an_agent

    for millis in range(7):
        office.clock.forward(milliseconds=1, seconds=millis)
        await office.take(*(heard("Hi", phone(f"+1555{millis}{n:02}")) for n in range(15)))
    everybody = await office.store.conversations.page({}, after=None, limit=200)
    for i, conversation in enumerate(everybody[:60]):  # the rest has none
        await prioritise(office.desk, conversation.id, an_agent(), priority=PRIORITIES[i % 4])
    for sort in ("newest", "waiting", "priority"):
        seen: list[str] = []
        ranks: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = Asked(sort=sort, cursor=cursor)
            page = await listing(asked, an_agent(), office.store, 10, office.clock())
            seen += [c.id for c in page.items]
            ranks += [PRIORITIES.index(c.priority) for c in page.items]
            cursor = page.next_cursor
        assert len(seen) == len(set(seen)) == 105
        assert sort != "priority" or ranks == sorted(ranks)


async def test_who_asks_what_changed_misses_nothing(office: Office) -> None:
    revs: dict[str, int] = {}
    found = await changes(None, office.store, office.clock())
    for step in range(12):
        office.clock.forward(seconds=1, milliseconds=step)
        await office.take(*(heard("Hi", phone(f"+1555{n:03}")) for n in range(step % 3, 30)))
        if step % 4 == 3:
            more = True
            while more:
                found = await changes(found["cursor"], office.store, office.clock(), limit=20)
                revs |= {c.id: max(c.rev, revs.get(c.id, 0)) for c in found["items"]}
                more = found["more"]
    everything = await office.store.conversations.page({}, waiting=False, after=None, limit=100)
    assert revs == {c.id: c.rev for c in everything}


async def test_a_commit_that_becomes_visible_late_is_not_missed(office: Office) -> None:
    found = await changes(None, office.store, office.clock())
    late = office.clock()
    office.clock.forward(seconds=3)
    await office.take(heard("In time", phone("+1555001")))
    found = await changes(found["cursor"], office.store, office.clock())
    assert len(found["items"]) == 1
    now, office.clock.at = office.clock(), late
    await office.take(heard("Late", phone("+1555002")))
    office.clock.at = now
    found = await changes(found["cursor"], office.store, office.clock())
    assert {c.contact.address for c in found["items"]} == {"+1555001", "+1555002"}


async def test_the_list_is_searched_for_customers_and_for_words(
    parley: Parley, agent: Client, number: str
) -> None:
    await parley.customer_says("About the vermilion kettle", phone=number)

    async def found(query: str) -> list[dict[str, Any]]:
        page = await agent.get(f"/conversations?status=any&q={query}")
        return [c for c in page["items"] if number[-7:] in (c["contact"]["address"] or "")]

    (by_number,) = await found(number[-7:])  # at once: contacts carry their own words
    assert by_number["match"] == {"message_id": None, "seq": None, "text": None, "marks": []}
    assert await found("nobody-is-called-so") == []
    (by_word,) = await until(lambda: found("vermil"))
    match = by_word["match"]
    start, end = match["marks"][0]
    assert match["text"][start:end] == "vermil"
    (said,) = (m for m in await parley.thread(by_word["id"]) if m.id == match["message_id"])
    assert match["seq"] == said.seq


async def test_the_list_is_filtered_by_whose_it_is_and_by_a_rare_language(
    parley: Parley, agent: Client, number: str
) -> None:
    await parley.customer_says("Moien", phone=number)
    at = next(c.id for c in await parley.conversations() if number[-7:] in (c.contact.address or ""))

    async def handed_over() -> bool:
        return (await agent.get(f"/conversations/{at}"))["bot"]["waiting"] is False

    await until(handed_over)
    await agent.post(f"/conversations/{at}/assign", {"agent_id": agent.user.id})
    await agent.post(f"/conversations/{at}/language", {"language": "lb"})

    async def ids(query: str) -> list[str]:
        return [c["id"] for c in (await agent.get(f"/conversations?{query}"))["items"]]

    assert await ids(f"tab=all&assignee={agent.user.id}") == [at]
    assert await ids(f"tab=mine&assignee={agent.user.id}") == [at]
    assert await ids(f"tab=unassigned&assignee={agent.user.id}") == []
    assert await ids("tab=all&assignee=nobody-of-us") == await ids("tab=mine&assignee=nobody-of-us") == []
    assert await ids("tab=all&language=lb") == await ids("tab=mine&language=lb") == [at]
    assert await ids("tab=all&language=gv") == []


async def test_what_was_read_can_be_marked_as_unread(parley: Parley, agent: Client, number: str) -> None:
    await parley.customer_says("Later, please", "Thank you", phone=number)
    at = next(c for c in await parley.conversations() if number[-7:] in (c.contact.address or ""))
    assert (await agent.post(f"/conversations/{at.id}/unread"))["unread_count"] == 2  # as many as there are
    await agent.post(f"/conversations/{at.id}/read", {"seq": 1_000})
    assert (await agent.get(f"/conversations/{at.id}"))["unread_count"] == 0
    assert (await agent.post(f"/conversations/{at.id}/unread"))["unread_count"] == 1
    assert (await agent.post(f"/conversations/{at.id}/unread"))["unread_count"] == 1


async def test_words_that_are_not_found_in_time_are_not_said_to_be_nowhere(
    parley: Parley, agent: Client, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parley.customer_says("Hello", phone=number)
    at = next(c.id for c in await parley.conversations() if number[-7:] in (c.contact.address or ""))
    common = ["quixotified", "zanzibarred"]
    await parley.store.findings.add(Entry(f"x{n:06}", at, [common[n % 2]]) for n in range(20_000))
    monkeypatch.setattr(findings, "_PATIENCE_MS", 1)
    try:
        for path in ("/conversations?tab=all&status=any", f"/conversations/{at}/search?"):
            status, told = await agent.call("GET", f"{path}&q={'+'.join(common)}+")
            assert status == 422 and told["detail"].startswith("These words are too common"), path
    finally:
        await parley.store.findings._all.delete_many({"words": {"$in": common}})


async def test_a_list_can_be_asked_for_by_language_and_by_how_long_one_waits(parley: Parley, agent) -> None:
    await parley.customer_says("Hello")

    async def answered() -> list[Any]:  # until then the bot's own writes would cross ours
        return [
            c for c in await parley.conversations() if c.turn is None and len(await parley.thread(c.id)) > 1
        ]

    at = (await until(answered))[0].id
    since = parley.parts.clock() - timedelta(minutes=30)
    changed = {"language": "cy", "waiting_since": since, "status": "open"}
    await parley.store.conversations._all.update_one({"_id": at}, {"$set": changed})
    for query, there in (
        ("language=cy", True),
        ("language=gd", False),
        ("language=cy&waiting=20", True),
        ("language=cy&waiting=40", False),
    ):
        found = await agent.get(f"/conversations?tab=all&{query}")
        assert (at in [c["id"] for c in found["items"]]) is there, query


ODD_MOMENTS = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1970-13-01",
    "x",
]


@pytest.mark.parametrize(
    "path", ["reports/sla", "reports/overview", "reports/csat", "report_export", "audit"]
)
async def test_an_odd_moment_is_no_server_error(parley: Parley, path: str) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    for odd in ODD_MOMENTS:
        for query in (f"since={odd}", f"until={odd}", f"since={odd}&until={odd}"):
            status, problem = await admin.call("GET", f"/{path}?{query.replace('+', '%2B')}")
            assert (status, problem["code"]) == (422, "invalid"), query
