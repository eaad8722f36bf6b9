"""The audit log over the API: who may see it, how it is searched, what comes out of it."""

import csv
import io
import json

import pytest

from inbox.actions import audit
from inbox.app import now
from inbox.model.audit import hash_of
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Client, Parley, until


@pytest.fixture
async def auditor(parley: Parley) -> Client:
    return await parley.an_agent(f"Auditor {new_id()}", Role.AUDITOR)


async def arrived(parley: Parley, number: str) -> str:
    """The id of a new customer's conversation."""
    await parley.customer_says("Hello", phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])
    (conversation,) = await parley.store.conversations.of_contact(contact.id, 1)
    return conversation.id


async def a_deed(parley: Parley, what: str, target: str) -> None:
    await audit.note(audit.SYSTEM, what, target, store=parley.store, clock=now, after={"name": "=1+1"})


async def test_an_auditor_searches_the_log_page_by_page(parley: Parley, auditor: Client) -> None:
    target = f"team:{new_id()}"
    for what in ("team.added", "team.changed", "team.removed"):
        await a_deed(parley, what, target)
    page = await auditor.get(f"/audit?target={target}&limit=2")
    assert [entry["what"] for entry in page["items"]] == ["team.removed", "team.changed"]
    rest = await auditor.get(f"/audit?target={target}&limit=2&cursor={page['next_cursor']}")
    assert [entry["what"] for entry in rest["items"]] == ["team.added"]
    assert rest["next_cursor"] is None
    found = await auditor.get(f"/audit?target={target}&what=team&since=2020-01-01T00:00:00Z&by=system")
    assert len(found["items"]) == 3
    assert (await auditor.get(f"/audit?target={target}&until=2020-01-01T00:00:00Z"))["items"] == []


async def test_an_auditor_opens_no_conversation(auditor: Client) -> None:
    assert (await auditor.call("GET", "/conversations"))[0] == 403


async def test_the_export_says_of_itself_that_it_was_taken(parley: Parley, auditor: Client) -> None:
    target = f"team:{new_id()}"
    await a_deed(parley, "team.added", target)
    async with parley.http.get(
        f"{parley.url}/api/v1/audit/export?target={target}", headers=auditor.cookie
    ) as answer:
        lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [(line["what"], line["target"]) for line in lines] == [("team.added", target)]
    (taken,) = (await auditor.get(f"/audit?what=audit.exported&by={auditor.user.id}"))["items"]
    assert taken["after"] == {"target": target}
    assert taken["address"] == "127.0.0.1"
    assert "aiohttp" in taken["program"]


async def test_a_spreadsheet_runs_nothing_of_the_export(parley: Parley, auditor: Client) -> None:
    target = f"=team:{new_id()}"
    await a_deed(parley, "team.added", target)
    async with parley.http.get(
        f"{parley.url}/api/v1/audit/export?format=csv&what=team.added", headers=auditor.cookie
    ) as answer:
        rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["target"].endswith(target)]
    assert row["target"] == f"'{target}"
    (entry,) = await parley.store.audit.page({"target": target}, limit=1)
    assert row["hash"] == hash_of(entry)


async def test_the_log_is_whole(auditor: Client) -> None:
    found = await auditor.get("/audit/verification")
    assert found["break"] is None


async def test_an_admin_who_reads_what_is_not_theirs_leaves_one_trace(
    parley: Parley, agent: Client, number: str
) -> None:
    conversation_id = await arrived(parley, number)
    admin = await parley.an_agent(f"Curious {new_id()}", Role.ADMIN)
    for _ in range(2):
        await admin.get(f"/conversations/{conversation_id}/messages")
    await agent.get(f"/conversations/{conversation_id}/messages")
    found = await parley.store.audit.page({"target": f"conversation:{conversation_id}"}, limit=9)
    assert [(entry.what, entry.by) for entry in found] == [("conversation.read", admin.user.id)]


async def test_an_admin_who_finds_it_by_its_words_leaves_a_trace_without_them(
    parley: Parley, agent: Client, number: str
) -> None:
    word = f"zz{new_id()}"
    conversation_id = await arrived(parley, number)
    await parley.customer_says(f"My {word} is late", phone=number)
    admin = await parley.an_agent(f"Curious {new_id()}", Role.ADMIN)

    async def found() -> bool:
        return bool((await admin.get(f"/conversations?q={word}&status=any"))["items"])

    await until(found)
    await found()
    await agent.get(f"/conversations?q={word}&status=any")
    noted = await parley.store.audit.page({"what": "conversations.searched"}, limit=9)
    (entry,) = [one for one in noted if conversation_id in one.after["conversations"]]
    assert entry.by == admin.user.id and word not in repr(entry)


async def test_an_admin_who_reads_their_own_leaves_none(parley: Parley, number: str) -> None:
    conversation_id = await arrived(parley, number)
    admin = await parley.an_agent(f"Busy {new_id()}", Role.ADMIN)
    await admin.post(f"/conversations/{conversation_id}/assign", {"agent_id": admin.user.id})
    await admin.get(f"/conversations/{conversation_id}/messages")
    assert not await parley.store.audit.page({"by": admin.user.id, "what": "conversation.read"}, limit=9)
