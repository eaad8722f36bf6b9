"""Passkeys by hand: what is no answer of a browser of ours opens nothing, whatever a device signs."""

import asyncio
from typing import Any

import pytest

from inbox.app import now
from inbox.model.entry import Passkey
from inbox.model.ids import new_id
from tests.authenticator import Authenticator
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


# With a device that signs


async def a_device(parley: Parley, client: Client, **lies: Any) -> tuple[int, Authenticator]:
    """A device whose passkey somebody has made, as far as it was let."""
    device = Authenticator(parley.url, "127.0.0.1")
    challenge = (await client.post("/me/passkeys/options"))["challenge"]
    status, _ = await client.call("POST", "/me/passkeys", {"credential": device.make(challenge, **lies)})
    return status, device


async def asked(parley: Parley) -> tuple[str, dict[str, str]]:
    """The challenge of a page that signs somebody in, and its cookie."""
    async with parley.http.post(f"{parley.url}/login/passkey/options") as answer:
        cookie = answer.cookies["parley_passkey"].value
        return (await answer.json())["challenge"], {"Cookie": f"parley_passkey={cookie}"}


async def answered(parley: Parley, credential: Any, headers: dict[str, str]) -> int:
    body = {"credential": credential}
    async with parley.http.post(f"{parley.url}/login/passkey", json=body, headers=headers) as answer:
        assert ("parley" in answer.cookies) is (answer.status == 200)
        return answer.status


async def test_a_device_opens_its_own_account_by_each_challenge_once(parley: Parley) -> None:
    client = await parley.an_agent(f"Keyed Agent {new_id()}")
    status, device = await a_device(parley, client)
    assert status == 201
    challenge, cookie = await asked(parley)
    other, anothers = await asked(parley)
    said = device.sign(challenge)
    assert await answered(parley, device.sign(other), cookie) == 422, "another browser's challenge"
    assert await answered(parley, said, cookie) == 422, "a challenge is spent by a wrong answer, too"
    said = device.sign(other)
    assert sorted(await asyncio.gather(*(answered(parley, said, anothers) for _ in range(4)))) == [
        *(200, 422, 422, 422)
    ]
    assert await answered(parley, said, (await asked(parley))[1]) == 422, "replayed to a new challenge"


LIES: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"host": "evil.example"},
    {"count": 1},
    {"verified": False},
    {"type": "webauthn.create"},
]


@pytest.mark.parametrize("lie", LIES, ids=str)
async def test_what_a_device_signed_otherwise_opens_nothing(parley: Parley, lie: dict[str, Any]) -> None:
    client = await parley.an_agent(f"Lied Agent {new_id()}")
    if "count" not in lie:
        made = {"webauthn.create": "webauthn.get"}.get(lie.get("type", ""))
        refused, _ = await a_device(parley, client, **({"type": made} if made else lie))
        assert refused == 422
    _, device = await a_device(parley, client)
    for _ in range(2):  # its count is two by then
        challenge, cookie = await asked(parley)
        assert await answered(parley, device.sign(challenge), cookie) == 200
    challenge, cookie = await asked(parley)
    assert await answered(parley, device.sign(challenge, **lie), cookie) == 422


async def test_nobodys_passkey_is_put_on_anothers_account(parley: Parley) -> None:
    """Neither by their challenge, nor over a key that is there, nor under another's id."""
    mine, theirs = await parley.an_agent(f"Crossed {new_id()}"), await parley.an_agent(f"Other {new_id()}")
    _, device = await a_device(parley, theirs)
    asked_of_them = (await theirs.post("/me/passkeys/options"))["challenge"]
    await mine.post("/me/passkeys/options")
    own = Authenticator(parley.url, "127.0.0.1")
    answer = {"credential": own.make(asked_of_them)}
    assert (await mine.call("POST", "/me/passkeys", answer))[0] == 422
    own.id = device.id
    challenge = (await mine.post("/me/passkeys/options"))["challenge"]
    assert (await mine.call("POST", "/me/passkeys", {"credential": own.make(challenge)}))[0] == 422
    challenge, cookie = await asked(parley)
    assert await answered(parley, own.sign(challenge), cookie) == 422, "their id, signed by my key"
    challenge, cookie = await asked(parley)
    assert await answered(parley, device.sign(challenge), cookie) == 200
    kept = await parley.store.passkeys.of(theirs.user.id)
    assert [one.user_id for one in kept] == [theirs.user.id]
    assert not await parley.store.passkeys.of(mine.user.id)


async def test_a_session_that_somebody_else_chose_is_not_signed_in(parley: Parley) -> None:
    """Session fixation: whatever cookie a browser brings, who signs in is given another."""
    client = await parley.an_agent(f"Fixed Agent {new_id()}")
    _, device = await a_device(parley, client)
    challenge, cookie = await asked(parley)
    chosen = {"Cookie": f"{cookie['Cookie']}; parley=chosen-by-somebody-else"}
    body = {"credential": device.sign(challenge)}
    async with parley.http.post(f"{parley.url}/login/passkey", json=body, headers=chosen) as answer:
        assert answer.status == 200
        assert answer.cookies["parley"].value != "chosen-by-somebody-else"
    chosen = {"Cookie": "parley=chosen-by-somebody-else"}
    async with parley.http.get(f"{parley.url}/api/v1/me", headers=chosen) as answer:
        assert answer.status == 401
