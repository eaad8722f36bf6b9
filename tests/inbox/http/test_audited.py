"""Each deed of an admin or a designer leaves an entry, and none of them holds a secret."""

from typing import Any

import pytest

from inbox.actions import channels, tokens
from inbox.app import now
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Client, Parley

SECRET = "hide-me-0123456789"


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)


async def told(parley: Parley, admin: Client) -> list[tuple[str, str]]:
    """What this admin did, in its order."""
    found = await parley.store.audit.page({"by": admin.user.id}, limit=100)
    return [(entry.what, entry.target) for entry in reversed(found)]


WORDS = {"shortcut": f"s{new_id()}", "title": "Hi", "text": "Hello there"}
THINGS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("team", "/teams", {"name": "Night shift"}, {"name": "Late shift"}),
    (
        "rule",
        "/rules",
        {"name": "One", "happening": "heard", "steps": [{"kind": "add_label", "value": "vip"}]},
        {"name": "Two"},
    ),
    ("macro", "/macros", {"name": "One", "steps": [{"kind": "add_label", "value": "vip"}]}, {"name": "Two"}),
    ("saved_reply", "/saved_replies", WORDS, {"text": "Hello again"}),
    ("sla_policy", "/sla_policies", {"name": "Gold", "first_response": 60}, {"name": "Silver"}),
]


@pytest.mark.parametrize(("noun", "path", "new", "change"), THINGS, ids=[t[0] for t in THINGS])
async def test_what_is_added_changed_and_removed_is_told(
    parley: Parley, admin: Client, noun: str, path: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    made = await admin.post(path, new)
    at = made["id"]
    for body in (new | change, new | change):  # the second changes nothing, and is no deed
        status, answer = await admin.call("PUT", f"{path}/{at}", body)
        assert status == 200, answer
    assert (await admin.call("DELETE", f"{path}/{at}"))[0] == 204
    deeds = [f"{noun}.{deed}" for deed in ("added", "changed", "removed")]
    assert await told(parley, admin) == [(deed, f"{noun}:{at}") for deed in deeds]
    changed = (await parley.store.audit.page({"target": f"{noun}:{at}"}, limit=9))[1]
    (name,) = change
    assert changed.before.keys() == changed.after.keys() == {name}
    assert "Hello" not in str(changed)


async def test_a_channels_secrets_are_never_told(parley: Parley, admin: Client) -> None:
    at = f"shop{new_id()}"
    settings = {"title": "Shop", "identity_secret": SECRET}
    made = {"kind": "webchat", "id": at, "settings": settings, "check": False}
    await admin.post("/channels", made)
    body = {"settings": {"identity_secret": SECRET + "x", "title": "Store"}, "check": False}
    assert (await admin.call("PATCH", f"/channels/{at}", body))[0] == 200
    assert (await admin.call("PATCH", f"/channels/{at}", {"enabled": False}))[0] == 200
    assert (await admin.call("DELETE", f"/channels/{at}"))[0] == 204
    entries = await parley.store.audit.page({"target": f"channel:{at}"}, limit=9)
    assert [entry.what for entry in entries] == [
        "channel.removed",
        "channel.changed",
        "channel.changed",
        "channel.added",
    ]
    assert entries[1].after == {"enabled": False}
    assert entries[2].before == {"setting title": "Shop"}
    assert entries[2].after == {"setting title": "Store", "new": ["identity_secret"]}
    assert SECRET not in str(entries) and "sealed" not in str(entries)


async def test_a_token_is_told_of_without_itself(parley: Parley) -> None:
    secret = await tokens.create_token("till", ("conversations:read",), store=parley.store, clock=now)
    (token,) = await parley.store.tokens.list({"name": "till"})
    await tokens.revoke_token(token, store=parley.store, clock=now)
    entries = await parley.store.audit.page({"target": f"api_token:{token.id[:12]}"}, limit=9)
    assert [entry.what for entry in entries] == ["api_token.removed", "api_token.added"]
    assert entries[0].kind == "system" and entries[0].name == "the operator"
    assert secret not in str(entries) and token.id not in str(entries)


async def test_what_leaves_the_house_is_told_before_it_does(parley: Parley, admin: Client) -> None:
    async with parley.http.get(f"{parley.url}/api/v1/contact_export", headers=admin.cookie) as answer:
        await answer.read()
    await admin.call("GET", "/contacts/nobody/data")
    assert await told(parley, admin) == [("contacts.exported", "")]


async def test_an_erasure_is_told_without_whom(parley: Parley, admin: Client, number: str) -> None:
    await parley.customer_says("Hello", phone=number)
    (contact,) = await parley.store.contacts.known_as([f"phone:+{number}"])
    body = {"confirm": "erase for good", "reason": "asked"}
    status, begun = await admin.call("POST", f"/contacts/{contact.id}/erase", body)
    assert status == 202
    assert await told(parley, admin) == [("person.erased", f"erasure:{begun['id']}")]
    assert (await parley.store.audit.verify())[1] is None


async def test_the_command_line_is_told_of_too(parley: Parley) -> None:
    at = f"cli{new_id()}"
    kept = {"store": parley.store, "vault": parley.parts.vault, "clock": now}
    await channels.add_channel("webchat", at, settings={}, **kept)
    await channels.remove_channel(at, store=parley.store, clock=now)
    entries = await parley.store.audit.page({"target": f"channel:{at}"}, limit=9)
    assert {(entry.name, entry.program) for entry in entries} == {("the operator", "parley")}
