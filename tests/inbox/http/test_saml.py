"""Signing in by SAML 2.0 through our doors, with a provider that has a key of its own."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from lxml import etree
from msgspec.structs import replace

from inbox.actions.saml_metadata import provider_in
from inbox.machine.ports import free_port
from inbox.model.people import Role
from tests.inbox.http.test_login import sign
from tests.inbox.http.test_single_sign_on import signed_out, what_was_noted
from tests.parley import Client, Parley, running_parley, settings_for
from tests.saml import OKTA, IdentityProvider, asked_in, form_of

HERE = ip_network("127.0.0.1/32")


@pytest.fixture(scope="module")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that may call a provider on this machine."""
    home: Path = tmp_path_factory.mktemp("saml")
    async with running_parley(settings_for(mongodb, home, private_networks=(HERE,))) as parley:
        yield parley


@pytest.fixture(scope="module")
def provider() -> IdentityProvider:
    return IdentityProvider()


def body(provider: IdentityProvider, **more: Any) -> dict[str, Any]:
    given = {"metadata": provider.metadata(), "name": "The Bank", "domains": ["Bank.example"]}
    return given | more


@pytest.fixture
async def admin(parley: Parley, provider: IdentityProvider) -> AsyncIterator[Client]:
    """An admin who has switched SAML on."""
    client = await parley.an_agent(f"Saml Admin {free_port()}", Role.ADMIN)
    status, kept = await client.call("PUT", "/saml", body(provider))
    assert status == 200, kept
    yield client
    await parley.store.saml_sign_on.remove("settings")
    await parley.store.sign_in_links.remove_all({})
    await parley.store.users.remove_all({"email": "anna@bank.example"})


@pytest.fixture
async def browser(parley: Parley) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(parley.url, cookie_jar=jar) as browser:
        yield browser


def ours(parley: Parley) -> tuple[str, str]:
    return f"{parley.url}/login/saml/metadata", f"{parley.url}/login/saml/back"


async def sent(browser: aiohttp.ClientSession, to: str = "/settings") -> Any:
    """What the browser is sent to ask the provider."""
    async with browser.get("/login/saml", params={"next": to}, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return asked_in(answer.headers["Location"])


async def posted(browser: aiohttp.ClientSession, form: dict[str, str]) -> tuple[int, str]:
    """The provider's page posts its form: the status, and where to or what is said.

    As of another site, without cookies: these are `SameSite=Lax`.
    """
    headers = {"Origin": "https://bank.okta.example", "Cookie": ""}
    async with (
        aiohttp.ClientSession(browser._base_url, headers=headers) as bare,
        bare.post("/login/saml/back", data=form, allow_redirects=False) as answer,
    ):
        for cookie in answer.cookies.values():
            browser.cookie_jar.update_cookies({cookie.key: cookie.value})
        return answer.status, answer.headers.get("Location") or await answer.text()


async def followed(browser: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with browser.get(path, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location") or await answer.text()


async def through(
    parley: Parley,
    browser: aiohttp.ClientSession,
    provider: IdentityProvider,
    to: str = "/settings",
    **said: Any,
) -> tuple[int, str]:
    """All the way: the status, and where to or what is said."""
    asked = (await sent(browser, to)).get("ID")
    answer = provider.answer(ours(parley), parley.parts.clock(), asked=asked, **said)
    status, on = await posted(browser, form_of(answer, RelayState="https://evil.example"))
    return await followed(browser, on) if status == 303 else (status, on)


async def me(browser: aiohttp.ClientSession) -> Any:
    async with browser.get("/api/v1/me") as answer:
        return await answer.json() if answer.status == 200 else None


async def test_who_is_new_and_of_our_domain_gets_in_with_the_role_for_that(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    for _ in range(2):
        assert await through(parley, browser, provider) == (303, "/settings")
    (anna,) = await parley.store.users.list({"email": "anna@bank.example"})
    assert (anna.name, anna.role, (await me(browser))["id"]) == ("Anna Neri", "agent", anna.id)
    (session, _) = await parley.store.sessions.list({"user_id": anna.id})
    assert session.is_strong and not session.is_provided
    assert (await sign(browser, email=anna.email, password="")).status == 401
    assert (await what_was_noted(parley, "user.signed_in"))[0].after == {"by": "single sign-on"}
    await parley.store.users.change(anna.id, email="neri@bank.example", disabled=True)
    status, words = await through(parley, browser, provider)
    assert (status, "You may not sign in here" in words) == (422, True), "the subject is who it was"
    await parley.store.users.remove(anna.id)


async def test_the_providers_groups_give_the_role(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    rows = [{"group": "Desk leads", "role": "supervisor"}]
    assert (await admin.call("PUT", "/saml", body(provider, groups=rows)))[0] == 200
    told = '<saml2:Attribute Name="groups"><saml2:AttributeValue>Desk leads</saml2:AttributeValue>'
    led = OKTA.replace("</saml2:AttributeStatement>", f"{told}</saml2:Attribute></saml2:AttributeStatement>")
    for shape, role in ((led, "supervisor"), (OKTA, "agent")):
        assert await through(parley, browser, provider, shape=shape) == (303, "/settings")
        (anna,) = await parley.store.users.list({"email": "anna@bank.example"})
        assert anna.role == role
    assert (await admin.call("PUT", "/saml", body(provider, groups=rows, needs_group=True)))[0] == 200
    assert (await through(parley, browser, provider))[0] == 422


async def test_who_signs_out_is_out_here(parley: Parley, admin: Client, provider, browser) -> None:
    assert (await through(parley, browser, provider))[0] == 303
    assert await signed_out(parley, browser) == (303, "/login")
    assert await me(browser) is None


async def test_the_request_says_who_asks_and_where_the_answer_goes(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    first, second = [await sent(browser) for _ in range(2)]
    assert first.get("ID") != second.get("ID") and len(first.get("ID")) == 41
    assert first.findtext("{*}Issuer") == ours(parley)[0]
    assert first.get("AssertionConsumerServiceURL") == ours(parley)[1]
    assert first.get("Destination") == provider.address
    async with browser.get("/login/saml/metadata") as answer:
        told = etree.fromstring(await answer.read())
    assert told.get("entityID") == ours(parley)[0]


async def test_an_answer_is_taken_once(parley: Parley, admin: Client, provider, browser) -> None:
    asked = (await sent(browser)).get("ID")
    form = form_of(provider.answer(ours(parley), parley.parts.clock(), asked=asked))
    status, on = await posted(browser, form)
    assert status == 303
    status, words = await posted(browser, form)
    assert (status, "was used already" in words) == (422, True)
    assert (await followed(browser, on))[0] == 303
    assert (await followed(browser, on))[0] == 422, "nor its ticket twice"


async def test_an_answer_is_for_the_browser_that_asked(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    asked = (await sent(browser)).get("ID")
    now = parley.parts.clock()
    _, on = await posted(browser, form_of(provider.answer(ours(parley), now, asked=asked)))
    _, again = await posted(browser, form_of(provider.answer(ours(parley), now, asked=asked)))
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(parley.url, cookie_jar=jar) as victim:
        assert (await followed(victim, on))[0] == 422
        await sent(victim)
        status, words = await followed(victim, again)
        assert (status, "not to what this browser asked" in words, await me(victim)) == (422, True, None)


async def test_an_answer_that_nobody_asked_for_is_taken_if_an_admin_says_so(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    def unasked(**more: str) -> dict[str, str]:
        return form_of(provider.answer(ours(parley), parley.parts.clock()), **more)

    status, words = await posted(browser, unasked())
    assert (status, "what nobody asked" in words, await me(browser)) == (422, True, None)
    assert (await admin.call("PUT", "/saml", body(provider, takes_unasked=True)))[0] == 200
    assert await posted(browser, unasked(RelayState="/contacts")) == (303, "/contacts")
    assert (await me(browser))["name"] == "Anna Neri"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert await posted(browser, unasked(RelayState=elsewhere)) == (303, "/")


async def test_it_leads_nowhere_else(parley: Parley, admin: Client, provider, browser) -> None:
    for wish in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert await through(parley, browser, provider, wish) == (303, "/")


async def test_what_is_forged_opens_nothing_and_is_in_the_audit_log(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    await parley.store._database.throttles.delete_many({})  # one such entry in a quarter of an hour is enough
    status, words = await through(parley, browser, IdentityProvider())
    assert (status, "does not hold good" in words, await me(browser)) == (422, True, None)
    noted = (await what_was_noted(parley, "user.refused"))[0]
    assert (noted.kind, "does not hold good" in noted.after["why"]) == ("nobody", True)
    for form in ({}, {"SAMLResponse": "!"}, {"SAMLResponse": "A" * 500_000}, {"SAMLResponse": "PHgv"}):
        assert (await posted(browser, form))[0] == 422
    assert (await followed(browser, "/login/saml/back"))[0] == 422


async def test_another_domain_opens_nothing(parley: Parley, admin: Client, provider, browser) -> None:
    for email in ("mallory@evil.example", "mallory@bank.example.evil.example", ""):
        status, said = await through(parley, browser, provider, email=email, subject="mallory")
        assert status == 422 and ("may not sign in" in said or "has not verified" in said)


async def test_settings_that_cannot_work_are_refused(parley: Parley, admin: Client, provider) -> None:
    for change, words in (
        ({"metadata": "<x/>"}, "not the metadata"),
        ({"metadata": None, "metadata_url": "http://169.254.169.254/x"}, "may not be called"),
        ({"metadata": None, "metadata_url": f"http://127.0.0.1:{free_port()}/x"}, "was not reached"),
        ({"domains": []}, "Name the domains"),
        ({"role": "admin"}, "may not be an admin"),
        ({"role": "nothing"}, "no role"),
    ):
        status, problem = await admin.call("PUT", "/saml", body(provider) | change)
        assert (status, words in problem["detail"]) == (422, True), problem
    await parley.store.saml_sign_on.remove("settings")
    status, problem = await admin.call("PUT", "/saml", body(provider, metadata=None))
    assert (status, "metadata" in problem["detail"]) == (422, True)


async def test_metadata_are_fetched_and_stay_until_others_come(
    parley: Parley, admin: Client, provider: IdentityProvider
) -> None:
    another = IdentityProvider("https://another.idp")

    async def publish(request: web.Request) -> web.Response:
        return web.Response(text=another.metadata(provider))

    app = web.Application()
    app.router.add_get("/metadata", publish)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    at = f"http://127.0.0.1:{runner.addresses[0][1]}/metadata"
    status, kept = await admin.call("PUT", "/saml", body(provider, metadata=None, metadata_url=at))
    assert (status, kept["settings"]["entity_id"]) == (200, "https://another.idp"), kept
    assert len(kept["settings"]["certificates"]) == 2
    await runner.cleanup()
    status, kept = await admin.call("PUT", "/saml", body(provider, metadata=None, name="Bank"))
    assert (status, kept["settings"]["entity_id"], kept["settings"]["name"]) == (
        200,
        "https://another.idp",
        "Bank",
    )
    assert kept == await admin.get("/saml")
    assert (
        provider_in(another.metadata().encode(), is_plain_taken=True).address == kept["settings"]["address"]
    )


async def test_only_admins_get_in_otherwise_where_that_is_wished(
    parley: Parley, admin: Client, provider: IdentityProvider, browser
) -> None:
    assert (await admin.call("PUT", "/saml", body(provider, is_only=True)))[0] == 200
    agent = await parley.an_agent("Saml Password Agent")
    refused = await sign(browser, email=agent.user.email)
    assert (refused.status, "by single sign-on alone" in await refused.text()) == (403, True)
    assert (await sign(browser)).status == 303
    changed = (await what_was_noted(parley, "saml.changed"))[0]
    assert (changed.by, changed.before["is_only"], changed.after["is_only"]) == (admin.user.id, False, True)
    assert len(changed.after["signed_by"]) == 1 and "PRIVATE" not in json.dumps(changed.after)


async def test_settings_ask_once_more_who_one_is(parley: Parley, admin: Client, provider) -> None:
    long_ago = parley.parts.clock() - timedelta(minutes=11)
    await parley.store.sessions.change_all({"user_id": admin.user.id}, proved_at=long_ago)
    status, problem = await admin.call("PUT", "/saml", body(provider))
    assert (status, problem["code"]) == (403, "proof_needed")


async def test_who_switched_it_off_closed_it(parley: Parley, admin: Client, provider, browser) -> None:
    asked = (await sent(browser)).get("ID")
    form = form_of(provider.answer(ours(parley), parley.parts.clock(), asked=asked))
    status, on = await posted(browser, form)
    assert status == 303
    kept = await parley.store.saml_sign_on.get("settings")
    await parley.store.saml_sign_on.put(replace(kept, is_on=False))
    assert (await followed(browser, on))[0] == 422
    assert (await posted(browser, form))[0] == 422
    assert urlsplit(on).path == "/login/saml/back" and await me(browser) is None
