"""What programs make and read by itself: contacts, a message, a conversation as a file, one of each list."""

import json
from typing import Any

import pytest

from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Client, Parley, until


async def exported(client: Client, conversation_id: str) -> list[dict[str, Any]]:
    url = f"{client._parley.url}/api/v1/conversations/{conversation_id}/export"
    async with client._parley.http.get(url, headers=client.cookie) as answer:
        assert answer.status == 200 and answer.content_type == "application/x-ndjson"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return [json.loads(line) for line in (await answer.text()).splitlines()]


async def test_a_contact_is_made_and_found_by_what_they_write_later(
    parley: Parley, agent: Client, number: str
) -> None:
    body = {"name": "Nora", "phones": [f"+{number}"], "email": "nora@example.com"}
    made = await agent.post("/contacts", body)
    assert (made["name"], made["address"]) == ("Nora", f"+{number}")
    assert made["attributes"]["email"] == "nora@example.com"
    await parley.customer_says("Hello", phone=number, name="N.")
    shown = await agent.get(f"/contacts/{made['id']}")
    assert len(shown["conversations"]) == 1 and shown["name"] == "Nora"
    status, problem = await agent.call("POST", "/contacts", body)
    assert (status, problem["code"]) == (409, "already_there") and made["id"] in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "Nobody"},
        {"phones": ["12"]},
        {"phones": ["nonsense"], "email": "a@example.com"},
        {"email": "no address"},
        {"email": "a@example.com", "attributes": {"unheard_of": 1}},
        {"email": "a@example.com", "merged_into": "x"},
        {"email": "a@example.com", "id": "chosen"},
    ],
)
async def test_a_contact_that_makes_no_sense_is_not_made(agent: Client, body: dict[str, Any]) -> None:
    status, problem = await agent.call("POST", "/contacts", body)
    assert (status, problem["code"]) == (422, "invalid")


async def test_under_one_key_one_contact_is_made(parley: Parley, agent: Client, number: str) -> None:
    headers = {**agent._headers, "Idempotency-Key": f"contact-{number}"}
    made = set()
    for _ in range(2):
        async with parley.http.post(
            f"{parley.url}/api/v1/contacts", json={"phones": [f"+{number}"]}, headers=headers
        ) as answer:
            assert answer.status == 201
            made.add((await answer.json())["id"])
    assert len(made) == 1


async def test_a_conversation_is_taken_out_whole_and_that_it_was_is_told(
    parley: Parley, agent: Client, number: str
) -> None:
    await parley.customer_says(*[f"line {n}" for n in range(30)], phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])
    (found,) = await parley.store.conversations.of_contact(contact.id, 1)

    async def settled() -> Any:
        now = await parley.store.conversations.get(found.id)
        return now if now and now.turn is None else None

    await until(settled)
    await agent.post(f"/conversations/{found.id}/messages", {"text": "Ours alone", "note": True})
    first, *rest = await exported(agent, found.id)
    assert first["conversation"]["id"] == found.id
    thread = await parley.thread(found.id)
    assert [line["message"]["id"] for line in rest] == [message.id for message in thread]
    assert await agent.get(f"/messages/{thread[0].id}") == rest[0]["message"]
    deeds = await parley.store.audit.page({"by": agent.user.id}, limit=9)
    assert ("conversation.exported", f"conversation:{found.id}") in [(e.what, e.target) for e in deeds]


async def test_one_of_each_list_is_shown_by_itself(parley: Parley, agent: Client) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    await admin.post("/teams", {"name": f"Team {new_id()}"})
    reply = {"shortcut": f"s{new_id()}", "title": "Hi", "text": "Hello"}
    await admin.post("/saved_replies", reply)
    for path in ("/teams", "/saved_replies", "/agents"):
        for one in (await agent.get(path))["items"][:3]:
            assert await agent.get(f"{path}/{one['id']}") == one
        assert (await agent.call("GET", f"{path}/nothing"))[0] == 404
