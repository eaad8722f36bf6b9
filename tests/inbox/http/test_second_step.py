"""The second step: an authenticator app, recovery codes, and what is asked of whom."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import aiohttp
import pyotp
import pytest

from inbox.app import now
from inbox.model.people import Role, User
from tests.inbox.http.test_login import form_token, sign
from tests.parley import Client, Parley


def code_of(secret: str, later: int = 0) -> str:
    """What an app shows now, or `later` half minutes from now."""
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * later))


async def enrolled(client: Client) -> tuple[str, list[str]]:
    """The client's user with an app: its secret, and the recovery codes."""
    secret = (await client.post("/me/totp"))["secret"]
    answer = await client.post("/me/totp/confirm", {"code": code_of(secret)})
    return secret, answer["recovery_codes"]


@pytest.fixture
async def browser(parley: Parley):
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(parley.url, cookie_jar=jar) as browser:
        yield browser


async def second(browser: aiohttp.ClientSession, code: str) -> aiohttp.ClientResponse:
    form = {"code": code, "csrf_token": await form_token(browser, "/login/code")}
    return await browser.post("/login/code", data=form, allow_redirects=False)


async def half_in(browser: aiohttp.ClientSession, user: User, to: str = "/settings") -> None:
    """The password was right."""
    answer = await sign(browser, email=user.email, next=to)
    assert (answer.status, answer.headers["Location"]) == (303, "/login/code")
    assert not any(cookie.startswith("parley=") for cookie in answer.headers.getall("Set-Cookie"))


async def test_a_password_alone_opens_nothing_once_there_is_an_app(parley: Parley, browser) -> None:
    client = await parley.an_agent("Stepping Agent")
    secret, _ = await enrolled(client)
    await half_in(browser, client.user)
    async with browser.get("/api/v1/me") as answer:
        assert answer.status == 401
    assert (await second(browser, "000000")).status == 401
    answer = await second(browser, code_of(secret, 1))
    assert (answer.status, answer.headers["Location"]) == (303, "/settings")
    async with browser.get("/api/v1/me") as answer:
        assert answer.status == 200


async def test_a_wrong_code_is_in_the_audit_log_without_itself(parley: Parley, browser) -> None:
    client = await parley.an_agent("Twice Guessed Agent")
    await enrolled(client)
    await half_in(browser, client.user)
    for code in ("271828", "314159"):
        assert (await second(browser, code)).status == 401
    told = await parley.store.audit.page({"what": "user.refused"}, limit=100)
    ours = [entry for entry in told if entry.target == f"user:{client.user.id}"]
    assert [(entry.kind, entry.after) for entry in ours] == [("nobody", {"by": "second step", "known": True})]
    assert ours[0].address
    assert "271828" not in repr(told)


async def test_a_code_is_taken_once(parley: Parley, browser) -> None:
    client = await parley.an_agent("Replayed Agent")
    secret = (await client.post("/me/totp"))["secret"]
    first = code_of(secret)
    await client.post("/me/totp/confirm", {"code": first})
    await half_in(browser, client.user)
    assert (await second(browser, first)).status == 401
    later = code_of(secret, 1)
    assert (await second(browser, later)).status == 303
    await half_in(browser, client.user)
    assert (await second(browser, later)).status == 401


async def test_of_two_at_once_with_the_same_code_one_gets_in(parley: Parley, browser) -> None:
    client = await parley.an_agent("Raced Agent")
    _, codes = await enrolled(client)
    await half_in(browser, client.user)
    token = await form_token(browser, "/login/code")
    form = {"code": codes[0], "csrf_token": token}
    answers = await asyncio.gather(
        *(browser.post("/login/code", data=form, allow_redirects=False) for _ in range(2))
    )
    assert len([a for a in answers if a.status == 303 and a.headers["Location"] == "/settings"]) == 1


async def test_a_recovery_code_lets_in_once_and_is_kept_as_a_digest(parley: Parley, browser) -> None:
    client = await parley.an_agent("Recovering Agent")
    _, codes = await enrolled(client)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([A-Z2-9]{6}-){3}[A-Z2-9]{6}", code) for code in codes)
    kept = str(await parley.store.factors.get(client.user.id))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    await half_in(browser, client.user)
    written = codes[3].lower().replace("-", " ")
    form = {"code": written, "csrf_token": await form_token(browser, "/login/code")}
    answers = await asyncio.gather(
        *(browser.post("/login/code", data=form, allow_redirects=False) for _ in range(3))
    )
    assert [a.headers.get("Location") for a in answers].count("/settings") == 1, "of three at once, one"
    await half_in(browser, client.user)
    assert (await second(browser, codes[3])).status == 401
    assert (await client.call("GET", "/me/factors"))[1]["recovery_codes"] == 9
    renewed = (await client.post("/me/recovery_codes"))["recovery_codes"]
    assert (await second(browser, codes[4])).status == 401, "all of before are void"
    assert (await second(browser, renewed[0])).status == 303


async def test_codes_cannot_be_guessed_and_who_holds_the_app_is_told_when(parley: Parley, browser) -> None:
    client = await parley.an_agent("Unlucky Agent")
    await enrolled(client)
    await half_in(browser, client.user)
    answers = [await second(browser, "123456") for _ in range(6)]
    assert [answer.status for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 15


async def test_a_half_way_cookie_is_good_for_nothing_else(parley: Parley, browser) -> None:
    client = await parley.an_agent("Halfway Agent")
    await enrolled(client)
    await half_in(browser, client.user)
    half = next(c.value for c in browser.cookie_jar if c.key == "parley_half")
    async with parley.http.get(f"{parley.url}/api/v1/me", headers={"Cookie": f"parley={half}"}) as answer:
        assert answer.status == 401
    await parley.store.ceremonies.change_all({}, expires_at=now() - timedelta(seconds=1))
    async with browser.get("/login/code", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")


async def test_the_secret_is_sealed_and_only_a_confirmed_app_counts(parley: Parley, browser) -> None:
    client = await parley.an_agent("Sealing Agent")
    secret = (await client.post("/me/totp"))["secret"]
    assert secret not in str(await parley.store.factors.get(client.user.id))
    assert (await client.call("POST", "/me/totp/confirm", {"code": "000000"}))[0] == 422
    assert (await sign(browser, email=client.user.email)).headers["Location"] == "/"


async def a_while_later(parley: Parley, client: Client) -> None:
    """Eleven minutes after the client's user showed who they are."""
    query = {"user_id": client.user.id}
    await parley.store.sessions.change_all(query, proved_at=now() - timedelta(minutes=11))


async def test_what_is_delicate_asks_once_more_who_one_is(parley: Parley) -> None:
    client = await parley.an_agent("Careful Agent")
    secret, _ = await enrolled(client)
    await a_while_later(parley, client)
    for method, path in (("DELETE", "/me/totp"), ("POST", "/me/recovery_codes"), ("POST", "/me/totp")):
        status, problem = await client.call(method, path)
        assert (status, problem["code"]) == (403, "proof_needed")
    assert (await client.call("POST", "/me/prove", {"password": "wrong"}))[0] == 422
    assert (await client.call("POST", "/me/prove", {}))[0] == 422
    assert (await client.call("POST", "/me/prove", {"code": code_of(secret, 1)}))[0] == 204
    assert (await client.call("DELETE", "/me/totp"))[0] == 204
    await a_while_later(parley, client)
    assert (await client.call("POST", "/me/prove", {"password": parley.admin_password}))[0] == 204
    assert (await client.call("POST", "/me/totp"))[0] == 200


async def test_a_second_step_is_asked_of_a_role(parley: Parley, browser) -> None:
    admin, agent = await parley.an_agent("Asking Admin", Role.ADMIN), await parley.an_agent("Asked Agent")
    wanted: dict[str, Any] = {"second_step_for": ["agent"]}
    assert (await agent.call("PUT", "/sign_in", wanted))[0] == 403
    assert (await admin.call("PUT", "/sign_in", wanted))[0] == 200
    try:
        status, problem = await agent.call("GET", "/conversations")
        assert (status, "second step" in problem["detail"]) == (403, True)
        async with parley.http.get(f"{parley.url}/", headers=agent.cookie, allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/account"
        assert (await sign(browser, email=agent.user.email)).headers["Location"] == "/"
        async with browser.get("/api/v1/conversations") as answer:
            assert answer.status == 403
        await enrolled(agent)
        assert (await agent.call("GET", "/conversations"))[0] == 200
        assert (await agent.call("DELETE", "/me/totp"))[0] == 422
    finally:
        assert (await admin.call("PUT", "/sign_in", {"second_step_for": []}))[0] == 200


async def test_an_admin_cannot_shut_themselves_out(parley: Parley) -> None:
    admin = await parley.an_agent("Rash Admin", Role.ADMIN)
    status, problem = await admin.call("PUT", "/sign_in", {"second_step_for": ["admin"]})
    assert (status, "shut out" in problem["detail"]) == (422, True)


async def test_an_admin_resets_a_lost_app_and_it_is_noted(parley: Parley, browser) -> None:
    admin, agent = (
        await parley.an_agent("Resetting Admin", Role.ADMIN),
        await parley.an_agent("Phoneless Agent"),
    )
    await enrolled(agent)
    assert (await agent.call("POST", f"/people/{admin.user.id}/reset_factors"))[0] == 403
    assert (await admin.call("POST", f"/people/{agent.user.id}/reset_factors"))[0] == 204
    assert (await agent.call("GET", "/me"))[0] == 401
    assert (await sign(browser, email=agent.user.email)).headers["Location"] == "/"
    (entry,) = (await admin.get(f"/audit?what=factors.reset&target=user:{agent.user.id}"))["items"]
    assert (entry["name"], entry["before"]) == ("Resetting Admin", {"app": True, "devices": 0})
