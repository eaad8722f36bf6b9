"""`If-Match`: nobody's change is put in the place of what they never saw."""

import asyncio
from typing import Any

import pytest

from inbox.http.matching import GUARDED
from inbox.model.ids import new_id
from inbox.model.people import Role
from tests.parley import Client, Parley

Answer = tuple[int, Any, str | None]


async def ask(admin: Client, method: str, path: str, body: Any = None, tag: str | None = None) -> Answer:
    """Status, answer and tag."""
    parley = admin._parley
    headers = {**admin._headers, **({"If-Match": tag} if tag else {})}
    url = f"{parley.url}/api/v1{path}"
    async with parley.http.request(method, url, json=body, headers=headers) as answer:
        return answer.status, await answer.json(), answer.headers.get("ETag")


@pytest.fixture
async def admin(parley: Parley) -> Client:
    return await parley.an_agent(f"Boss {new_id()}", Role.ADMIN)


async def test_the_second_of_two_admins_is_refused_and_changes_nothing(parley: Parley, admin: Client) -> None:
    team = await admin.post("/teams", {"name": "Returns"})
    path = f"/teams/{team['id']}"
    _, _, seen = await ask(admin, "GET", path)
    assert seen
    assert (await ask(admin, "PUT", path, {"name": "Returns and swaps"}, seen))[0] == 200
    status, problem, _ = await ask(admin, "PUT", path, {"name": "Refunds"}, seen)
    assert (status, problem["code"], problem["title"]) == (412, "changed_since", "Changed since")
    _, kept, after = await ask(admin, "GET", path)
    assert kept["name"] == "Returns and swaps"
    assert (await ask(admin, "PUT", path, {"name": "Refunds"}, f'"other", {after}'))[0] == 200
    assert (await ask(admin, "PUT", path, {"name": "Anything"}))[0] == 200
    assert (await ask(admin, "PUT", path, {"name": "Whatever is there"}, "*"))[0] == 200


async def test_of_many_at_the_same_moment_one_is_done(parley: Parley, admin: Client) -> None:
    _, _, seen = await ask(admin, "GET", "/survey")
    told = await asyncio.gather(
        *(ask(admin, "PUT", "/survey", {"is_on": True, "wait_minutes": n}, seen) for n in range(1, 9))
    )
    (done,) = [answer["wait_minutes"] for status, answer, _ in told if status == 200]
    assert {status for status, _, _ in told} <= {200, 409, 412}
    assert (await admin.get("/survey"))["wait_minutes"] == done


async def test_what_died_while_it_saved_is_in_nobodys_way_for_long(parley: Parley, admin: Client) -> None:
    _, _, seen = await ask(admin, "GET", "/survey")
    asked = parley.store._database.asked
    long_ago = parley.parts.clock().replace(year=2001)
    dead = {"fingerprint": "", "owner": "dead", "at": long_ago, "until": long_ago, "status": None}
    await asked.insert_one({"_id": "put /api/v1/survey", **dead})
    assert (await ask(admin, "PUT", "/survey", {"is_on": True}, seen))[0] == 200
    assert await asked.count_documents({"_id": "put /api/v1/survey"}) == 0


async def test_each_guarded_address_can_be_asked_for_and_is_described(parley: Parley) -> None:
    known = {(method, path) for method, path in (route.split(" ", 1) for route in parley.routes)}
    assert {(m, path) for path in GUARDED for m in ("GET", "PUT")} <= known
    async with parley.http.get(f"{parley.url}/api/openapi.json") as answer:
        paths = (await answer.json())["paths"]
    for path in GUARDED:
        assert "412" in paths[path]["put"]["responses"]
        assert "If-Match" in [each["name"] for each in paths[path]["put"]["parameters"]]
