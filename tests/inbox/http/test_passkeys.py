"""Passkeys by hand: what is no answer of a browser of ours opens nothing."""

from typing import Any

import pytest

from inbox.app import now
from inbox.model.entry import Passkey
from inbox.model.ids import new_id
from tests.parley import Client, Parley

NONSENSE: list[Any] = [
    {},
    {"id": 5},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}},
    {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": "e30",
            "attestationObject": "AAAA",
            "authenticatorData": "AAAA",
            "signature": "AAAA",
        },
    },
]


async def a_passkey(parley: Parley, client: Client) -> Passkey:
    passkey = Passkey(
        id="AAAA", user_id=client.user.id, name="Laptop", public_key="AAAA", sign_count=0, created_at=now()
    )
    await parley.store.passkeys.put(passkey)
    return passkey


@pytest.mark.parametrize("credential", NONSENSE)
async def test_nonsense_is_no_passkey_and_opens_nothing(parley: Parley, credential: Any) -> None:
    client = await parley.an_agent(f"Keyless Agent {new_id()}")
    await a_passkey(parley, client)
    assert (await client.call("POST", "/me/passkeys", {"credential": credential}))[0] == 422
    await client.post("/me/passkeys/options")
    assert (await client.call("POST", "/me/passkeys", {"credential": credential}))[0] == 422
    async with parley.http.post(f"{parley.url}/login/passkey/options") as answer:
        cookie = answer.cookies["parley_passkey"].value
    headers = {"Cookie": f"parley_passkey={cookie}"}
    for words in ("not one that opens", "took too long"):  # a challenge is good for one answer
        body = {"credential": credential}
        async with parley.http.post(f"{parley.url}/login/passkey", json=body, headers=headers) as answer:
            assert answer.status == 422
            assert words in (await answer.json())["detail"]


async def test_a_passkey_that_does_not_open_is_in_the_audit_log(parley: Parley) -> None:
    client = await parley.an_agent(f"Posed Agent {new_id()}")
    passkey = await a_passkey(parley, client)
    async with parley.http.post(f"{parley.url}/login/passkey/options") as answer:
        headers = {"Cookie": f"parley_passkey={answer.cookies['parley_passkey'].value}"}
    body = {"credential": NONSENSE[-1]}
    async with parley.http.post(f"{parley.url}/login/passkey", json=body, headers=headers) as answer:
        assert answer.status == 422
    (entry,) = await parley.store.audit.page({"what": "user.refused"}, limit=1)
    assert (entry.target, entry.after) == (f"user:{passkey.user_id}", {"by": "passkey", "known": True})


async def test_another_sites_page_is_given_no_challenge(parley: Parley) -> None:
    for path in ("/login/passkey/options", "/login/passkey"):
        headers = {"Origin": "https://evil.example"}
        async with parley.http.post(f"{parley.url}{path}", json={}, headers=headers) as answer:
            assert answer.status == 403


async def test_nobody_renames_or_deletes_a_colleagues_passkey(parley: Parley) -> None:
    mine, theirs = await parley.an_agent("Keen Agent"), await parley.an_agent("Other Keen Agent")
    await a_passkey(parley, mine)
    assert (await theirs.call("DELETE", "/me/passkeys/AAAA"))[0] == 404
    assert (await theirs.call("PUT", "/me/passkeys/AAAA", {"name": "Mine"}))[0] == 404
    assert (await mine.call("PUT", "/me/passkeys/AAAA", {"name": " Old  laptop "}))[0] == 204
    assert [one["name"] for one in (await mine.get("/me/factors"))["passkeys"]] == ["Old laptop"]
    assert (await mine.call("DELETE", "/me/passkeys/AAAA"))[0] == 204


async def test_who_has_a_passkey_cannot_be_given_another_by_their_password_alone(parley: Parley) -> None:
    client = await parley.an_agent("Robbed Agent")
    await a_passkey(parley, client)
    await parley.store.sessions.change_all({"user_id": client.user.id}, is_limited=True)
    for path in ("/me/totp", "/me/passkeys/options"):
        status, problem = await client.call("POST", path)
        assert (status, "sign in with it" in problem["detail"]) == (403, True)
    await parley.store.passkeys.remove("AAAA")
