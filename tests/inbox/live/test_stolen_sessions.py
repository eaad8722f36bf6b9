"""An open page ends at once when what let it in does, not at the next look at the sessions."""

from collections.abc import Awaitable, Callable

import pytest
import socketio

from inbox.actions.people import open_session, set_password
from inbox.app import now
from inbox.live.agents import AGENTS, AgentsNamespace
from inbox.model.ids import new_id
from inbox.model.people import READ, WRITE, Role
from tests.parley import ADMIN_PASSWORD, Client, Parley, until

NEW = {"present": ADMIN_PASSWORD, "chosen": "a stapler of another battery"}

WAYS: dict[str, Callable[[Client, Client], Awaitable[object]]] = {
    "another password": lambda admin, owner: owner.post("/me/password", NEW),
    "everywhere but here": lambda admin, owner: owner.post("/me/sessions/end_others"),
    "by an admin": lambda admin, owner: admin.post(f"/people/{owner.user.id}/end_sessions"),
    "disabled": lambda admin, owner: admin.call("PATCH", f"/people/{owner.user.id}", {"disabled": True}),
}


@pytest.fixture(autouse=True)
def nobody_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what would end the page in the end."""

    async def renew(self: AgentsNamespace) -> None:
        return None

    monkeypatch.setattr(AgentsNamespace, "renew", renew)


@pytest.mark.parametrize("way", WAYS)
async def test_a_stolen_session_is_put_out_and_does_not_come_back(
    parley: Parley, open_page, way: str
) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    owner = await parley.an_agent(f"Robbed {new_id()}")
    cookie = {"Cookie": f"parley={await open_session(owner.user, store=parley.store, clock=now)}"}
    stolen, another = await open_page(AGENTS, **cookie), await open_page(AGENTS, **admin.cookie)
    await WAYS[way](admin, owner)
    await until(stolen.left.is_set)
    with pytest.raises(socketio.exceptions.ConnectionError, match="signed_out"):
        await open_page(AGENTS, **cookie)
    assert await another.ask("close", {"conversation_id": "none"}) == {}


async def test_a_command_on_the_machine_ends_the_page_too(parley: Parley, as_agent) -> None:
    client, page = await as_agent("Robbed")
    _, another = await as_agent("Another")
    await set_password(client.user, "a stapler of another battery", store=parley.store)
    await until(page.left.is_set)
    assert await another.ask("close", {"conversation_id": "none"}) == {}


async def test_another_role_and_what_a_role_may_do_end_the_page(parley: Parley, open_page) -> None:
    admin = await parley.an_agent(f"Admin {new_id()}", Role.ADMIN)
    client = await parley.an_agent(f"Moved {new_id()}")
    before = await open_page(AGENTS, **client.cookie)
    role = {"name": f"Readers {new_id()}"[:40], "permissions": [READ]}
    made = await admin.post("/roles", role)
    status, _ = await admin.call("PATCH", f"/people/{client.user.id}", {"role": made["id"]})
    assert status == 200
    await until(before.left.is_set)
    after = await open_page(AGENTS, **client.cookie)
    status, _ = await admin.call("PUT", f"/roles/{made['id']}", {**role, "permissions": [READ, WRITE]})
    assert status == 200
    await until(after.left.is_set)
