"""Keys of programs: shown once, kept as a digest, with an end, and with no more power than who makes them."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.actions.tokens import create_token
from inbox.app import now
from inbox.model.people import ADMIN, READ, WRITE, Role
from inbox.model.secrets import digest
from tests.parley import Client, Parley


@pytest.fixture
async def admin(parley: Parley) -> Client:
    """An admin of one's own."""
    return await parley.an_agent(f"Keys {now().timestamp()}", Role.ADMIN)


async def asked(parley: Parley, method: str, path: str, secret: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {secret}"}
    async with parley.http.request(method, f"{parley.url}/api/v1{path}", json=body, headers=headers) as found:
        return found.status, await found.json() if found.status != 204 else None


async def test_a_token_is_shown_once_and_opens_what_it_says(parley: Parley, admin: Client) -> None:
    made = await admin.post("/tokens", {"name": "Reporting", "scopes": [READ], "days": 30})
    assert (await asked(parley, "GET", "/conversations", made["token"]))[0] == 200
    assert (await asked(parley, "GET", "/tokens", made["token"]))[0] == 403
    listed = await admin.get("/tokens")
    mine = next(each for each in listed["items"] if each["id"] == made["id"])
    assert "token" not in mine
    assert made["token"] not in str(listed)
    assert mine["expires_at"] > mine["created_at"]
    kept = await parley.store.tokens.get(digest(made["token"]))
    assert kept and made["token"] not in str(kept)


async def test_a_token_that_is_taken_back_or_has_ended_opens_nothing(parley: Parley, admin: Client) -> None:
    made = await admin.post("/tokens", {"name": "Brief", "scopes": [READ]})
    assert (await admin.call("DELETE", f"/tokens/{made['id']}"))[0] == 204
    assert (await asked(parley, "GET", "/me", made["token"]))[0] == 401
    assert (await admin.call("DELETE", f"/tokens/{made['id']}"))[0] == 404
    ended = await create_token("Ended", (READ,), store=parley.store, clock=now, life=timedelta(seconds=-1))
    assert (await asked(parley, "GET", "/me", ended))[0] == 401
    assert "Ended" not in [each["name"] for each in (await admin.get("/tokens"))["items"]]


async def test_a_program_gives_no_more_than_it_has(parley: Parley, admin: Client) -> None:
    secret = await create_token("Half an admin", (ADMIN, READ), store=parley.store, clock=now)
    status, problem = await asked(parley, "POST", "/tokens", secret, {"name": "More", "scopes": [WRITE]})
    assert (status, problem["code"]) == (403, "forbidden")
    assert (await asked(parley, "POST", "/tokens", secret, {"name": "Same", "scopes": [READ]}))[0] == 201


async def test_making_and_taking_back_ask_a_person_once_more_who_they_are(
    parley: Parley, admin: Client
) -> None:
    made = await admin.post("/tokens", {"name": "Kept", "scopes": [READ]})
    long_ago = now() - timedelta(minutes=11)
    await parley.store.sessions.change_all({"user_id": admin.user.id}, proved_at=long_ago)
    wanted = {"name": "Stolen", "scopes": [ADMIN]}
    for method, path, body in (("POST", "/tokens", wanted), ("DELETE", f"/tokens/{made['id']}", None)):
        status, problem = await admin.call(method, path, body)
        assert (status, problem["code"]) == (403, "proof_needed")
    names = [each["name"] for each in (await admin.get("/tokens"))["items"]]
    assert "Kept" in names and "Stolen" not in names
    assert (await admin.call("POST", "/me/prove", {"password": parley.admin_password}))[0] == 204
    assert (await admin.call("DELETE", f"/tokens/{made['id']}"))[0] == 204


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": [READ]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": [READ], "days": 0},
        {"name": "the bot's actions", "scopes": [READ]},
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(admin: Client, body: Any) -> None:
    status, problem = await admin.call("POST", "/tokens", body)
    assert (status, problem["code"]) == (422, "invalid")
