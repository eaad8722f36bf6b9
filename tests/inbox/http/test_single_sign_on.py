"""Single sign-on, with a real OpenID provider in a process of its own."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwk, jwt
from msgspec.structs import replace

from connectors.outside import Outside
from inbox.actions.audit import nobody
from inbox.actions.errors import Invalid
from inbox.actions.groups import groups_in
from inbox.actions.openid import checked, claims_in, completed, discovered, hold_to_issuer, s256
from inbox.actions.vouched import _made
from inbox.app import now
from inbox.http.sso_login import office_of
from inbox.machine.ports import free_port
from inbox.model.entry import GroupRole, SingleSignOn
from inbox.model.people import KeptRole, Role
from tests.inbox.http.test_login import sign
from tests.openid import an_openid_provider
from tests.parley import Client, Parley, running_parley, settings_for

PEOPLE: list[dict[str, Any]] = [
    {"sub": "anna", "email": "anna@bank.example", "email_verified": True, "name": "Anna Neri"},
    {"sub": "unverified", "email": "admin@example.com", "email_verified": False},
    {"sub": "stranger", "email": "mallory@evil.example", "email_verified": True},
]


TABLE = [{"group": "Desk leads", "role": "supervisor"}, {"group": "Writers", "role": "designer"}]

HERE = ip_network("127.0.0.1/32")


@pytest.fixture(scope="module")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that may call a provider on this machine."""
    home: Path = tmp_path_factory.mktemp("bank")
    async with running_parley(settings_for(mongodb, home, private_networks=(HERE,))) as parley:
        yield parley


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[str]:
    """The issuer of a provider that knows these people."""
    async with an_openid_provider(PEOPLE) as issuer:
        yield issuer


@pytest.fixture
async def admin(parley: Parley, provider: str) -> AsyncIterator[Client]:
    """An admin who has switched single sign-on on."""
    client = await parley.an_agent(f"Sso Admin {free_port()}", Role.ADMIN)
    status, kept = await client.call("PUT", "/single_sign_on", body(provider))
    assert status == 200, kept
    yield client
    await parley.store.single_sign_on.remove("settings")
    await parley.store.sign_in_links.remove_all({})


def body(issuer: str, **more: Any) -> dict[str, Any]:
    given = {"issuer": issuer, "client_id": "parley", "client_secret": "a secret", "name": "The Bank"}
    return {**given, "domains": ["bank.example", "example.com"]} | more


@pytest.fixture
async def browser(parley: Parley) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(parley.url, cookie_jar=jar) as browser:
        yield browser


async def sent(browser: aiohttp.ClientSession, to: str = "/settings") -> str:
    """Where the browser is sent."""
    async with browser.get("/login/sso", params={"next": to}, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


async def answered(address: str, sub: str) -> str:
    """The person says yes at the provider: the address that it sends the browser back to."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(address, data={"sub": sub}, allow_redirects=False) as answer,
    ):
        return answer.headers["Location"]


async def through(browser: aiohttp.ClientSession, sub: str, to: str = "/settings") -> tuple[int, str]:
    """All the way: the status, and where to or what is said."""
    back = urlsplit(await answered(await sent(browser, to), sub))
    async with browser.get(f"{back.path}?{back.query}", allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location") or await answer.text()


async def test_who_is_new_and_of_our_domain_gets_in_with_the_role_for_that(
    parley: Parley, admin: Client, browser
) -> None:
    for _ in range(2):
        assert await through(browser, "anna") == (303, "/settings")
    (anna,) = await parley.store.users.list({"email": "anna@bank.example"})
    assert (anna.name, anna.role) == ("Anna Neri", "agent")
    async with browser.get("/api/v1/me") as answer:
        assert (await answer.json())["id"] == anna.id
    assert (await sign(browser, email=anna.email, password="")).status == 401
    await parley.store.users.change(anna.id, email="neri@bank.example", disabled=True)
    status, words = await through(browser, "anna")
    assert (status, "You may not sign in here" in words) == (422, True), "the subject is who it was"
    await parley.store.users.remove(anna.id)


async def signed_out(parley: Parley, browser: aiohttp.ClientSession) -> tuple[int, str]:
    """What the browser gets for signing out."""
    async with browser.get("/") as answer:
        csrf = re.findall(r'csrf-token" content="([^"]+)"', await answer.text())[0]
    async with browser.post("/logout", data={"csrf_token": csrf}, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location") or await answer.text()


async def test_who_signs_out_is_led_on_to_sign_out_of_the_provider(
    parley: Parley, admin: Client, provider: str, browser
) -> None:
    assert (await through(browser, "anna"))[0] == 303
    (anna,) = await parley.store.users.list({"email": "anna@bank.example"})
    status, words = await signed_out(parley, browser)
    there = html.unescape(re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', words)[0])
    asked = parse_qs(urlsplit(there).query)
    assert status == 200 and there.startswith(f"{provider}/")
    assert asked["post_logout_redirect_uri"] == [f"{parley.url}/login"] and asked["client_id"] == ["parley"]
    async with aiohttp.ClientSession() as http, http.get(there) as answer:
        assert answer.status == 200 and f"{parley.url}/login" in html.unescape(await answer.text())
    async with browser.get("/api/v1/me") as answer:
        assert answer.status == 401, "the session is over, whatever the provider does"
    await parley.store.users.remove(anna.id)


async def test_a_provider_that_does_not_answer_keeps_nobody_signed_in(
    parley: Parley, admin: Client, browser
) -> None:
    assert (await through(browser, "anna"))[0] == 303
    (anna,) = await parley.store.users.list({"email": "anna@bank.example"})
    kept = await parley.store.single_sign_on.get("settings")
    await parley.store.single_sign_on.put(replace(kept, issuer=f"http://127.0.0.1:{free_port()}"))
    assert await signed_out(parley, browser) == (303, "/login")
    await parley.store.users.remove(anna.id)


async def test_an_address_that_nobody_verified_or_of_others_opens_nothing(
    parley: Parley, admin: Client, browser
) -> None:
    for sub, words in (("unverified", "has not verified"), ("stranger", "may not sign in")):
        status, said = await through(browser, sub)
        assert (status, words in said) == (422, True)
    assert not any(cookie.key == "parley" for cookie in browser.cookie_jar)


async def test_the_provider_is_asked_with_pkce_state_and_nonce(
    parley: Parley, admin: Client, browser
) -> None:
    first, second = [parse_qs(urlsplit(await sent(browser)).query) for _ in range(2)]
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]
    assert first["redirect_uri"] == [f"{parley.url}/login/sso/back"]
    # The example of RFC 7636, appendix B.
    assert (
        s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


async def test_an_answer_is_for_the_browser_that_asked_and_good_once(
    parley: Parley, admin: Client, browser
) -> None:
    back = urlsplit(await answered(await sent(browser), "anna"))
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(parley.url, cookie_jar=jar) as victim:
        async with victim.get(f"{back.path}?{back.query}", allow_redirects=False) as answer:
            assert answer.status == 422
        await sent(victim)
        async with victim.get(f"{back.path}?{back.query}", allow_redirects=False) as answer:
            assert (answer.status, "not to what this browser asked" in await answer.text()) == (422, True)
    async with browser.get(f"{back.path}?{back.query}", allow_redirects=False) as answer:
        assert answer.status == 303
    async with browser.get(f"{back.path}?{back.query}", allow_redirects=False) as answer:
        assert answer.status == 422


async def test_a_code_of_one_provider_is_shown_to_no_other(
    parley: Parley, admin: Client, provider: str, browser
) -> None:
    """The settings change while somebody signs in, or another provider leads the browser back to us."""
    back = urlsplit(await answered(await sent(browser), "anna"))
    async with an_openid_provider(PEOPLE) as other:
        assert (await admin.call("PUT", "/single_sign_on", body(other)))[0] == 200
        async with browser.get(f"{back.path}?{back.query}", allow_redirects=False) as answer:
            said = await answer.text()
            assert (answer.status, "Another provider is used here" in said) == (422, True)
    assert (await admin.call("PUT", "/single_sign_on", body(provider)))[0] == 200
    for issuer, status in (("https://evil.example", 422), (provider, 303)):
        back = urlsplit(await answered(await sent(browser), "anna"))
        named = f"{back.path}?{back.query}&{urlencode({'iss': issuer})}"
        async with browser.get(named, allow_redirects=False) as answer:
            assert answer.status == status


def test_who_promises_to_say_who_it_is_says_so() -> None:
    metadata = {"issuer": "https://id.example", "authorization_response_iss_parameter_supported": True}
    hold_to_issuer(metadata, "https://id.example")
    for said in (None, "", "https://id.example/"):
        with pytest.raises(Invalid, match="Another provider"):
            hold_to_issuer(metadata, said)


async def test_it_leads_nowhere_else(parley: Parley, admin: Client, browser) -> None:
    for wish in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert await through(browser, "anna", wish) == (303, "/")


async def test_only_admins_get_in_otherwise_where_that_is_wished(
    parley: Parley, admin: Client, provider: str, browser
) -> None:
    assert (await admin.call("PUT", "/single_sign_on", body(provider, is_only=True)))[0] == 200
    agent = await parley.an_agent("Password Agent")
    refused = await sign(browser, email=agent.user.email)
    assert (refused.status, "by single sign-on alone" in await refused.text()) == (403, True)
    assert (await sign(browser)).status == 303


async def test_the_secret_is_sealed_and_never_shown(parley: Parley, admin: Client, provider: str) -> None:
    kept = await parley.store.single_sign_on.get("settings")
    assert parley.parts.vault.open(kept.client_secret) == "a secret" != kept.client_secret
    assert "secret" not in json.dumps(await admin.get("/single_sign_on"))
    again = body(provider, name="Bank")
    del again["client_secret"]
    assert (await admin.call("PUT", "/single_sign_on", again))[0] == 200
    assert (await parley.store.single_sign_on.get("settings")).client_secret == kept.client_secret


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"issuer": "bank.example"}, "https://"),
        ({"issuer": "http://127.0.0.1:1"}, "cannot be reached"),
        ({"issuer": "http://169.254.169.254"}, "may not be called"),
        ({"issuer": "http://127.0.0.1:1", "client_secret": None}, "another secret"),
        ({"role": "admin"}, "may not be an admin"),
        ({"role": "nothing"}, "no role"),
        ({"groups": [{"group": "g", "role": "admin"}]}, "may not be an admin"),
        ({"groups": [{"group": " ", "role": "agent"}]}, "1 to 256"),
        ({"groups": [{"group": "g", "role": r} for r in ("agent", "supervisor")]}, "twice"),
        ({"needs_group": True}, "Name the groups"),
    ],
)
async def test_settings_that_cannot_work_are_refused(
    parley: Parley, admin: Client, provider: str, change: dict[str, Any], words: str
) -> None:
    status, problem = await admin.call("PUT", "/single_sign_on", {**body(provider), **change})
    assert (status, words in problem["detail"]) == (422, True)


async def in_groups(provider: str, *groups: str) -> None:
    """The provider has Carla in these groups from now on."""
    claims = {"email": "carla@bank.example", "email_verified": True, "name": "Carla", "teams": list(groups)}
    async with aiohttp.ClientSession() as http, http.put(f"{provider}/users/carla", json=claims) as answer:
        assert answer.status < 300, await answer.text()


async def test_the_providers_groups_give_and_take_roles_at_each_sign_in(
    parley: Parley, admin: Client, provider: str, browser
) -> None:
    given = body(provider, groups=TABLE, groups_from="teams")
    assert (await admin.call("PUT", "/single_sign_on", given))[0] == 200
    assert (await admin.get("/single_sign_on"))["settings"]["groups"] == TABLE
    for groups, role in (
        (("Everyone", "Writers", "Desk leads"), "supervisor"),
        (("Writers",), "designer"),
        (("Everyone",), "agent"),
    ):
        await in_groups(provider, *groups)
        assert await through(browser, "carla") == (303, "/settings")
        (carla,) = await parley.store.users.list({"email": "carla@bank.example"})
        assert carla.role == role
    changed = [(e.before, e.after) for e in await what_was_noted(parley, "user.changed")][:2]
    by = {"by": "single sign-on"}
    assert changed[0] == ({"role": "designer"}, {"role": "agent", **by})
    assert changed[1] == ({"role": "supervisor"}, {"role": "designer", **by})
    await parley.store.users.change(carla.id, role="admin")
    assert await through(browser, "carla") == (303, "/settings")
    assert (await parley.store.users.get(carla.id)).role == "admin", "that is given and taken here alone"
    assert (await admin.call("PUT", "/single_sign_on", {**given, "needs_group": True}))[0] == 200
    status, words = await through(browser, "carla")
    assert (status, "none of the groups" in words) == (422, True)
    assert "none of the groups" in (await what_was_noted(parley, "user.refused"))[0].after["why"]
    await parley.store.users.remove(carla.id)


async def test_no_group_and_no_default_makes_an_admin_even_if_a_role_becomes_one(
    parley: Parley, admin: Client, provider: str, browser
) -> None:
    kept = {"name": f"Lead {free_port()}", "permissions": ["conversations:read"]}
    _, role = await admin.call("POST", "/roles", kept)
    rows = [{"group": "Desk leads", "role": role["id"]}]
    for one in (body(provider, groups=rows, groups_from="teams"), body(provider, role=role["id"])):
        assert (await admin.call("PUT", "/single_sign_on", one))[0] == 200
        status, problem = await admin.call("DELETE", f"/roles/{role['id']}")
        assert (status, "Single sign-on gives" in problem["detail"]) == (422, True)
        await parley.store.roles.change(role["id"], permissions=("admin",))
        await in_groups(provider, "Desk leads")
        status, words = await through(browser, "carla")
        assert (status, "no account" in words) == (422, True)
        await parley.store.roles.change(role["id"], permissions=("conversations:read",))
    assert (await admin.call("PUT", "/single_sign_on", body(provider)))[0] == 200
    assert (await admin.call("DELETE", f"/roles/{role['id']}"))[0] == 204


def test_of_more_groups_than_entra_tells_nobody_guesses_the_role() -> None:
    table = replace(OURS, groups=(GroupRole("g1", "supervisor"),))
    assert groups_in({"groups": ["g0", "g1", 7, None]}, table) == ("g1",)
    assert groups_in({"groups": "g1"}, table) == groups_in({"groups": ["g1", "g1"]}, table) == ("g1",)
    assert groups_in({"groups": {"g1": 1}}, table) == groups_in({}, table) == ()
    assert groups_in({"groups": ["g1"]}, OURS) == ()
    with pytest.raises(Invalid, match="more groups than"):
        groups_in({"_claim_names": {"groups": "src1"}}, table)


async def what_was_noted(parley: Parley, what: str) -> list[Any]:
    return await parley.store.audit.page({"what": what}, limit=100)


async def test_changes_and_who_gets_in_and_who_does_not_are_in_the_audit_log(
    parley: Parley, admin: Client, provider: str, browser
) -> None:
    assert (await admin.call("PUT", "/single_sign_on", body(provider, is_only=True)))[0] == 200
    changed = (await what_was_noted(parley, "single_sign_on.changed"))[0]
    assert (changed.by, changed.before["is_only"], changed.after["is_only"]) == (admin.user.id, False, True)
    assert (changed.after["credentials"], "a secret" in str(changed)) == ("new", False)
    assert await through(browser, "anna") == (303, "/settings")
    (anna,) = await parley.store.users.list({"email": "anna@bank.example"})
    entered = (await what_was_noted(parley, "user.signed_in"))[0]
    assert (entered.by, entered.after) == (anna.id, {"by": "single sign-on"})
    assert (await through(browser, "stranger"))[0] == 422
    noted = await what_was_noted(parley, "user.refused")
    refused = next(each for each in noted if each.after["subject"] == "stranger")
    assert refused.kind == "nobody"
    assert "Addresses of your domain" in refused.after["why"]


@pytest.mark.parametrize("path", ["/single_sign_on", "/saml"])
async def test_who_may_less_than_an_admin_does_not_say_by_whose_word_admins_get_in(
    parley: Parley, admin: Client, provider: str, path: str
) -> None:
    less = KeptRole(id="keeper", name="Keeper", permissions=("admin",), updated_at=now())
    await parley.store.roles.put(less)
    keeper = await parley.an_agent(f"Keeper {free_port()}", less.id)
    given = body(provider) if path != "/saml" else {"metadata": "<x/>", "domains": ["bank.example"]}
    status, problem = await keeper.call("PUT", path, given)
    assert (status, "You have no" in problem["detail"]) == (403, True)


async def test_settings_ask_once_more_who_one_is(parley: Parley, admin: Client, provider: str) -> None:
    long_ago = now() - timedelta(minutes=11)
    await parley.store.sessions.change_all({"user_id": admin.user.id}, proved_at=long_ago)
    status, problem = await admin.call("PUT", "/single_sign_on", body(provider))
    assert (status, problem["code"]) == (403, "proof_needed")


async def test_two_browsers_of_one_new_person_make_one_user(parley: Parley) -> None:
    office = office_of(parley.parts)
    email = f"{free_port()}@bank.example"
    made = [_made(email, "Twice", "agent", nobody("127.0.0.1"), office) for _ in range(2)]
    first, second = await asyncio.gather(*made)
    assert first is not None and second is not None and first.id == second.id


@pytest.mark.parametrize(
    "address",
    [
        "http://op.example",
        "https://127.0.0.1",
        "https://10.0.0.8/x",
        "https://u:p@op.example",
        "file:///x",
        "",
    ],
)
async def test_without_a_network_of_ones_own_only_public_addresses_by_tls_are_called(address: str) -> None:
    assert checked("https://op.example/one", Outside()) == "https://op.example/one"
    with pytest.raises(Invalid):
        checked(address, Outside())


@pytest.fixture
async def talker() -> AsyncIterator[tuple[str, dict[str, Any], list[str | None]]]:
    """A server that says the same everywhere: its address, what it says, by which sign it was asked."""
    said: dict[str, Any] = {}
    heard: list[str | None] = []

    async def say(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization"))
        return web.json_response(said)

    app = web.Application()
    app.router.add_get("/{path:.*}", say)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", said, heard
    await runner.cleanup()


async def test_a_provider_leads_to_no_network_that_may_not_be_called(talker) -> None:
    issuer, said, _ = talker
    outside = Outside((HERE,))
    good = {
        "authorization_endpoint": f"{issuer}/a",
        "token_endpoint": f"{issuer}/t",
        "jwks_uri": f"{issuer}/k",
    }
    said.update(good, issuer=issuer)
    assert await discovered(issuer, outside) == said
    for name in good:
        said.update({**good, name: "http://169.254.169.254/latest"})
        with pytest.raises(Invalid, match="may not be called"):
            await discovered(issuer, outside)
    said.update(good, issuer="https://another.example")
    with pytest.raises(Invalid, match="calls itself"):
        await discovered(issuer, outside)
    await outside.close()


async def test_an_address_that_only_userinfo_has_is_that_of_the_same_person(talker) -> None:
    issuer, said, heard = talker
    outside, provider = Outside((HERE,)), {"userinfo_endpoint": f"{issuer}/userinfo"}
    said.update(sub="1", email="anna@bank.example", email_verified=True)
    found = await completed({"sub": "1"}, provider, {"access_token": "key"}, outside)
    assert (found["email"], found["email_verified"], heard) == ("anna@bank.example", True, ["Bearer key"])
    signed = {"sub": "1", "email": "signed@bank.example"}
    assert await completed(signed, provider, {"access_token": "key"}, outside) == signed
    said.update(groups=["Desk leads"])
    found = await completed(signed, provider, {"access_token": "key"}, outside, also="groups")
    assert (found["email"], found["groups"]) == ("signed@bank.example", ["Desk leads"])
    with pytest.raises(Invalid, match="somebody else"):
        await completed({"sub": "2"}, provider, {"access_token": "key"}, outside)
    await outside.close()


OURS = SingleSignOn(issuer="https://op.example", client_id="parley", client_secret="s", name="x")
GOOD = {"iss": "https://op.example", "aud": "parley", "sub": "1", "exp": 1100, "iat": 1000, "nonce": "n"}


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["parley", "another"]},
        {"exp": 900},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
    ],
)
def test_a_token_for_others_or_of_another_time_is_refused(change: dict[str, Any]) -> None:
    key = jwk.RSAKey.generate_key(2048, {"kid": "1"})
    keys = {"keys": [key.as_dict(private=False)]}
    good = jwt.encode({"alg": "RS256", "kid": "1"}, GOOD, key)
    assert claims_in(good, keys, OURS, "n", 1000)["sub"] == "1"
    claims = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(Invalid):
        claims_in(jwt.encode({"alg": "RS256", "kid": "1"}, claims, key), keys, OURS, "n", 1000)
    for forged in ("", "a.b.c", good[:-4] + "AAAA", "eyJhbGciOiJub25lIn0." + good.split(".")[1] + "."):
        with pytest.raises(Invalid):
            claims_in(forged, keys, replace(OURS), "n", 1000)
