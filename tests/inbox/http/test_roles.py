"""Roles made by admins: what they may, who has them, and that nobody gives more than they have."""

import asyncio

import pytest

from inbox.actions.errors import ActionRefused, Invalid
from inbox.actions.people import add_user
from inbox.actions.roles import asking, change_user
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, AUDIT, READ, STUDIO, WRITE, Role
from inbox.store import Store
from tests.inbox.factories import NOON
from tests.parley import Client, Parley


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)


async def a_role(admin: Client, *permissions: str) -> str:
    made = await admin.post("/roles", {"name": f"Role {new_id()}", "permissions": list(permissions)})
    return str(made["id"])


async def test_a_role_is_made_given_and_holds_at_once(parley: Parley, admin: Client) -> None:
    role = await a_role(admin, READ, STUDIO)
    someone = await parley.an_agent(f"Someone {new_id()}", Role.AUDITOR)
    assert (await someone.call("GET", "/conversations"))[0] == 403
    assert (await admin.call("PATCH", f"/people/{someone.user.id}", {"role": role}))[0] == 200
    assert (await someone.call("GET", "/conversations"))[0] == 200
    assert (await someone.call("GET", "/audit"))[0] == 403
    (shown,) = [one for one in (await admin.get("/roles"))["items"] if one["id"] == role]
    assert shown["users"] == 1 and shown["permissions"] == [READ, STUDIO] and not shown["built_in"]

    changed = {"name": f"Role {new_id()}", "permissions": [STUDIO]}
    assert (await admin.call("PUT", f"/roles/{role}", changed))[0] == 200
    assert (await someone.call("GET", "/conversations"))[0] == 403
    status, problem = await admin.call("DELETE", f"/roles/{role}")
    assert (status, problem["detail"]) == (422, "Somebody has this role. Give them another one first.")
    await admin.call("PATCH", f"/people/{someone.user.id}", {"role": "agent"})
    assert (await admin.call("DELETE", f"/roles/{role}"))[0] == 204
    deeds = [entry.what for entry in await parley.store.audit.page({"by": admin.user.id}, limit=9)]
    assert deeds == ["role.removed", "user.changed", "role.changed", "user.changed", "role.added"]


async def test_nobody_gives_what_they_do_not_have(parley: Parley, admin: Client) -> None:
    clerk = await parley.an_agent(f"Clerk {new_id()}", await a_role(admin, ADMIN, READ))
    agent = await parley.an_agent(f"Agent {new_id()}")
    for path, body in (
        ("/roles", {"name": "Mighty", "permissions": [ADMIN, AUDIT]}),
        ("/roles", {"name": "Teacher", "permissions": [STUDIO]}),
    ):
        status, problem = await clerk.call("POST", path, body)
        assert status == 403 and "yourself" in problem["detail"]
    for user, role in ((clerk, "admin"), (agent, "auditor"), (admin, "agent")):
        status, problem = await clerk.call("PATCH", f"/people/{user.user.id}", {"role": role})
        assert status == 403 and "yourself" in problem["detail"]
    assert (await clerk.call("PATCH", f"/people/{admin.user.id}", {"disabled": True}))[0] == 403


async def test_bad_roles_are_refused(admin: Client) -> None:
    for permissions in ([], ["everything"], [WRITE]):
        body = {"name": "Bad", "permissions": permissions}
        assert (await admin.call("POST", "/roles", body))[0] == 422
    assert (await admin.call("PUT", "/roles/admin", {"name": "x", "permissions": [READ]}))[0] == 404
    assert (await admin.call("PATCH", f"/people/{admin.user.id}", {"role": "king"}))[0] == 422


async def test_who_is_let_in_no_longer_is_out_at_once(parley: Parley, admin: Client) -> None:
    agent = await parley.an_agent(f"Agent {new_id()}")
    assert (await admin.call("PATCH", f"/people/{agent.user.id}", {"disabled": True}))[0] == 200
    assert (await agent.call("GET", "/conversations"))[0] == 401
    assert not await parley.store.sessions.first({"user_id": agent.user.id})


async def test_of_two_admins_who_depose_each_other_at_once_one_stays(store: Store) -> None:
    def noon():
        return NOON

    admins = [
        await add_user(f"{n}@example.com", n, Role.ADMIN, "long enough!", store=store, clock=noon)
        for n in ("ada", "bea")
    ]
    ada, bea = [await asking(user, store=store) for user in admins]
    ended = await asyncio.gather(
        change_user(ada, bea.id, role=Role.AGENT, store=store, clock=noon),
        change_user(bea, ada.id, disabled=True, store=store, clock=noon),
        return_exceptions=True,
    )
    refused = [one for one in ended if isinstance(one, ActionRefused)]
    assert len(refused) == 1 and isinstance(refused[0], Invalid)
    left = await store.users.list({"role": "admin", "disabled": False})
    assert len(left) == 1
    with pytest.raises(Invalid, match="Nobody would be left"):
        await change_user(ada, left[0].id, role=Role.AGENT, store=store, clock=noon)
