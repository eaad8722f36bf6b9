"""Every event of the live inbox, and whom it is for: roles, and members of private teams."""

from typing import Any

import pytest
import socketio

from connectors.events import CustomerTyped, Identity, IdentityKind
from inbox.live.agents import AGENTS, AgentsNamespace
from inbox.model.ids import new_id
from inbox.model.people import PERMISSIONS, READ, Role
from tests.parley import Parley, until

EVENTS = {"open", "close", "typing"}
"""What a page may say. `conversation_id` is all that each of them needs."""


def test_every_event_is_in_this_table() -> None:
    said = {name.removeprefix("on_") for name in dir(AgentsNamespace) if name.startswith("on_")}
    assert said - {"connect", "disconnect"} == EVENTS


@pytest.mark.parametrize("role", PERMISSIONS)
async def test_only_who_may_read_is_let_in(parley: Parley, open_page, role: str) -> None:
    client = await parley.an_agent(f"Walker {new_id()}", role)
    if READ in PERMISSIONS[role]:
        await open_page(AGENTS, **client.cookie)
        return
    with pytest.raises(socketio.exceptions.ConnectionError, match="signed_out"):
        await open_page(AGENTS, **client.cookie)


async def test_a_private_teams_conversation_is_told_to_its_members_alone(
    parley: Parley, open_page, number: str
) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    member, other = [await parley.an_agent(f"Agent {new_id()}") for _ in range(2)]
    body = {"name": f"Board {new_id()}", "members": [member.user.id], "is_private": True}
    team = await admin.post("/teams", body)
    insider, boss, outsider = [await open_page(AGENTS, **client.cookie) for client in (member, admin, other)]
    await parley.customer_says("Hello", phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])

    async def settled() -> Any:
        (found,) = await parley.store.conversations.of_contact(contact.id, 1)
        return found if found.turn is None else None

    at = (await until(settled)).id
    ask = {"conversation_id": at}
    assert "conversation" in await outsider.ask("open", ask)  # before it is private
    await admin.post(f"/conversations/{at}/team", {"team_id": team["id"]})
    await insider.hears("conversation", lambda row: row["id"] == at and row["team_id"] == team["id"])
    await boss.hears("conversation", lambda row: row["id"] == at and row["team_id"] == team["id"])
    await outsider.hears(
        "hidden", lambda body: body == {"ids": [at]}
    )  # and asks whether they may see it still
    assert (await other.call("GET", f"/conversations/{at}"))[0] == 404
    outsider.said.clear()
    assert "conversation" in await insider.ask("open", ask)
    await parley.customer_says("The confidential rest", phone=number)
    await insider.hears("messages", lambda body: "confidential rest" in str(body))
    customer = Identity(IdentityKind.PHONE, f"+{number}")
    parley.parts.hints.typed("whatsapp", CustomerTyped(identities=(customer,), at=parley.parts.clock()))
    await insider.hears("typing", lambda body: body["conversation_id"] == at)
    await boss.ask("open", ask)
    await insider.ask("typing", {**ask, "on": True})
    await boss.hears("typing", lambda body: body["who"]["id"] == member.user.id)
    for event in EVENTS - {"close"}:
        assert (await outsider.ask(event, ask))["error"]["code"] == "not_found", event
    await outsider.ask("close", ask)
    told = [body for name, body in outsider.said if name in ("conversation", "messages", "viewing", "typing")]
    assert at not in str(told)
    guess, none = {**ask, "after_rev": 0}, {"conversation_id": new_id(), "after_rev": 0}
    stranger = await open_page(AGENTS, **other.cookie)
    for event in EVENTS:  # no answer tells whether a guessed id is one
        assert await stranger.ask(event, guess) == await stranger.ask(event, none), event
    viewing = (await boss.ask("open", ask))["viewing"]
    assert {agent["id"] for agent in viewing} == {admin.user.id, member.user.id}


async def test_who_leaves_a_private_team_is_told_nothing_more(parley: Parley, open_page) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    member = await parley.an_agent(f"Agent {new_id()}")
    body = {"name": f"Board {new_id()}", "members": [member.user.id], "is_private": True}
    team = await admin.post("/teams", body)
    page = await open_page(AGENTS, **member.cookie)
    status, _ = await admin.call("PUT", f"/teams/{team['id']}", {**body, "members": []})
    assert status == 200
    await until(page.left.is_set)
