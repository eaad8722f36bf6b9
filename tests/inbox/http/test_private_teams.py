"""A private team's conversations: to everybody but its members, supervisors and admins they are not there."""

from typing import Any, NamedTuple

import pytest

from inbox.actions.tokens import create_token
from inbox.app import now
from inbox.model.ids import new_id
from inbox.model.people import READ, SUPERVISE, WRITE, Role
from tests.inbox.http.test_permissions import BODIES, WHO, asked
from tests.parley import Client, Parley, until


class House(NamedTuple):
    """A private team with one conversation, and who may see it and who not."""

    conversation: Any
    team: Any
    member: Client
    other: Client
    admin: Client
    supervisor: Client


@pytest.fixture
async def house(parley: Parley, number: str) -> House:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    member, other = [await parley.an_agent(f"Agent {new_id()}") for _ in range(2)]
    supervisor = await parley.an_agent(f"Supervisor {new_id()}", Role.SUPERVISOR)
    body = {"name": f"Board {new_id()}", "members": [member.user.id], "is_private": True}
    team = await admin.post("/teams", body)
    await parley.customer_says(f"Confidential {number}", phone=number, name=f"Secret {number}")
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])

    async def settled() -> Any:
        (found,) = await parley.store.conversations.of_contact(contact.id, 1)
        return found if found.turn is None else None

    conversation = await until(settled)
    await admin.post(f"/conversations/{conversation.id}/team", {"team_id": team["id"]})
    return House(conversation, team, member, other, admin, supervisor)


async def test_lists_counts_changes_and_search_leave_it_out(
    house: House, parley: Parley, number: str
) -> None:
    at = house.conversation.id
    for client in (house.member, house.admin, house.supervisor):
        assert at in await ids_of(client, f"/conversations?q={number}&status=any")
        assert at in await ids_of(client, f"/conversations?team={house.team['id']}")
    assert at not in await ids_of(house.other, f"/conversations?q={number}&status=any")
    assert await ids_of(house.other, f"/conversations?team={house.team['id']}") == []
    assert at not in await ids_of(house.other, "/conversations?limit=100&status=any")
    seen = (await house.member.get("/counts"))["all"]
    assert (await house.other.get("/counts"))["all"] < seen
    start = (await house.other.get("/conversations/changes"))["cursor"]
    assert at not in await ids_of(house.other, f"/conversations/changes?since={start}")


async def ids_of(client: Client, path: str) -> list[str]:
    return [item["id"] for item in (await client.get(path))["items"]]


async def state_of(parley: Parley, house: House) -> Any:
    """All of a conversation that people change."""
    c = await parley.store.conversations.get(house.conversation.id)
    return c.status, c.assignee_id, c.team_id, c.priority, c.labels, c.speaker


@pytest.mark.parametrize("route", [r for r in WHO if "/conversations/{id}" in r])
async def test_every_route_of_a_conversation_says_that_there_is_none(
    parley: Parley, house: House, route: str
) -> None:
    method, path = route.split(" ")
    if path.endswith(("/macros/{macro}", "/part")):  # which name another thing that is not there either
        path = path.replace("{macro}", "nothing")
    body = BODIES.get(path.rpartition("/")[2], {}) if method in ("POST", "PUT") else None
    if path.endswith("/merge_in"):
        body = {"conversation_id": house.conversation.id + "x"}
    path = path.replace("/api/v1", "").replace("{id}", house.conversation.id)
    before = await state_of(parley, house)
    if path.endswith("/draft"):
        body = {"reply": "x"}
    status, answer = await house.other.call(method, path, body)
    assert status in (404, 422), (status, answer)
    assert "Confidential" not in str(answer) and "Secret" not in str(answer)
    assert await state_of(parley, house) == before
    assert all(m.author.id != house.other.user.id for m in await parley.thread(house.conversation.id))


async def test_its_messages_and_customer_show_nothing_of_it(
    parley: Parley, house: House, number: str
) -> None:
    at, contact = house.conversation.id, house.conversation.contact_id
    first = (await parley.thread(at))[0]
    shown = await house.other.get(f"/contacts/{contact}")
    assert at not in [one["id"] for one in shown["conversations"]]
    assert (await house.other.get(f"/contacts/{contact}/timeline"))["items"] == []
    assert (await house.member.get(f"/contacts/{contact}/timeline"))["items"]
    assert (await house.other.call("GET", f"/messages/{first.id}"))[0] == 404
    assert (await house.member.get(f"/messages/{first.id}"))["id"] == first.id
    for client, named in ((house.other, None), (house.member, at)):
        (way,) = [
            w
            for w in (await client.get(f"/contacts/{contact}/ways"))["items"]
            if w["channel_id"] == "whatsapp"
        ]
        assert way["conversation_id"] == named
    for deed in ("retry", "take_back", "send_now"):
        assert (await house.other.call("POST", f"/messages/{first.id}/{deed}", {}))[0] == 404
    assert (await house.other.call("POST", f"/messages/{first.id}/intent", {"intent": "greet"}))[0] == 404
    body = {"channel_id": "whatsapp"}
    assert (await house.other.call("POST", f"/contacts/{contact}/conversations", body))[0] == 404
    note = {"text": f"{number} look", "note": True, "mentions": [house.other.user.id]}
    await house.member.post(f"/conversations/{at}/messages", note)
    assert number not in str(await house.other.get("/me/mentions"))


async def test_a_token_sees_it_only_with_the_permission(parley: Parley, house: House) -> None:
    route = f"GET /api/v1/conversations/{house.conversation.id}/messages"
    for scopes, status in (((READ, WRITE), 404), ((READ, SUPERVISE), 200)):
        secret = await create_token("a program", scopes, store=parley.store, clock=now)
        assert (await asked(parley, route, {"Authorization": f"Bearer {secret}"}))[0] == status


async def test_who_joins_the_team_sees_it_and_who_leaves_does_not(house: House) -> None:
    path = f"/conversations/{house.conversation.id}"
    name = {"name": house.team["name"], "is_private": True}
    for members, status in (([house.other.user.id], 200), ([house.member.user.id], 404)):
        await house.admin.call("PUT", f"/teams/{house.team['id']}", {**name, "members": members})
        assert (await house.other.call("GET", path))[0] == status
