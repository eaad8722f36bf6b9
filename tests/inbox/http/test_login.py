"""Signing in and out."""

import re
from collections.abc import AsyncIterator
from types import SimpleNamespace
from urllib.parse import unquote

import aiohttp
import pytest
from msgspec.structs import replace
from yarl import URL

from inbox.actions.audit import nobody
from inbox.actions.people import add_user, open_session, session_of
from inbox.actions.refusals import note_refusal
from inbox.actions.sessions import note_seen
from inbox.app import now
from inbox.http.auth import cookie_name
from inbox.model.ids import new_id
from inbox.model.people import Role
from inbox.store import Store
from tests.inbox.factories import Clock
from tests.parley import ADMIN_EMAIL, ADMIN_PASSWORD, Parley


@pytest.fixture
async def browser(parley: Parley) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser with cookies of its own."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(parley.url, cookie_jar=jar) as browser:
        yield browser


async def form_token(browser: aiohttp.ClientSession, path: str = "/login") -> str:
    async with browser.get(path) as page:
        found = re.search(r'name="csrf_token"\s+value="([^"]+)"', await page.text())
        assert found
        return found[1]


async def sign(browser: aiohttp.ClientSession, **fields: str) -> aiohttp.ClientResponse:
    """Post the form as a person does."""
    form = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD, "csrf_token": await form_token(browser)}
    return await browser.post("/login", data={**form, **fields}, allow_redirects=False)


async def test_the_right_password_leads_to_the_inbox(parley: Parley, browser) -> None:
    async with browser.get("/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
    answer = await sign(browser)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = next(c for c in answer.headers.getall("Set-Cookie") if c.startswith("parley="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    async with browser.get("/") as page:
        assert page.status == 200
        assert page.headers["Cache-Control"] == "no-store"


async def test_a_wrong_password_says_no_more_than_that(parley: Parley, browser) -> None:
    wrong = await sign(browser, password="wrong")
    unknown = await sign(browser, email="nobody@example.com")
    assert (wrong.status, unknown.status) == (401, 401)
    words = "The address or the password is wrong."
    assert words in await wrong.text()
    assert words in await unknown.text()
    assert "parley=" not in str(wrong.headers)


@pytest.mark.parametrize("token", ["", "wrong", "\udcff"])
async def test_a_form_that_is_not_ours_is_refused(parley: Parley, browser, token: str) -> None:
    await form_token(browser)
    form = {
        "email": ADMIN_EMAIL,
        "password": ADMIN_PASSWORD,
        "csrf_token": token.encode("utf-8", "replace").decode(),
    }
    async with browser.post("/login", data=form, allow_redirects=False) as answer:
        assert answer.status == 403


async def test_a_form_posted_from_another_site_is_refused(parley: Parley, browser) -> None:
    form = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD, "csrf_token": await form_token(browser)}
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example"):
        headers = {"Origin": origin}
        async with browser.post("/login", data=form, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    ("wish", "way"),
    [
        ("/settings", "/settings"),
        ("/?q=a", "/?q=a"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
async def test_signing_in_leads_nowhere_else(parley: Parley, browser, wish: str, way: str) -> None:
    answer = await sign(browser, next=wish)
    assert (answer.status, answer.headers["Location"]) == (303, way)


@pytest.mark.parametrize("path", ["a%0db", "a%26next=//evil.example", "%E2%80%A8", "%C3%A9%22"])
async def test_who_is_not_signed_in_comes_back_to_the_very_page(parley: Parley, browser, path: str) -> None:
    wanted = URL(f"{parley.url}/studio/{path}", encoded=True)
    async with browser.get(wanted, allow_redirects=False) as answer:
        assert answer.status == 303
        assert URL(answer.headers["Location"]).query == {"next": unquote(f"/studio/{path}")}


async def test_signing_out_needs_the_pages_token_and_ends_the_session(parley: Parley, browser) -> None:
    await sign(browser)
    cookie = next(c.value for c in browser.cookie_jar if c.key == "parley")
    async with browser.post("/logout", data={"csrf_token": "wrong"}, allow_redirects=False) as answer:
        assert answer.status == 403
    _, session = await session_of(cookie, store=parley.store, clock=parley.parts.clock)
    async with browser.post("/logout", data={"csrf_token": session.csrf}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert await session_of(cookie, store=parley.store, clock=parley.parts.clock) is None


A_FILE = b'--x\r\nContent-Disposition: form-data; name="email"; filename="f"\r\n\r\nx\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"email=\xff&password=%ff&csrf_token=%00"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"email=a"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", A_FILE),
        ("application/json", b"{}"),
    ],
)
async def test_an_odd_form_is_no_server_error(parley: Parley, browser, kind: str, body: bytes) -> None:
    async with browser.post("/login", data=body, headers={"Content-Type": kind}) as answer:
        assert 400 <= answer.status < 500


def test_where_there_is_tls_the_cookie_is_bound_to_the_host() -> None:
    assert cookie_name(SimpleNamespace(public_url="https://chat.example")) == "__Host-parley"
    assert cookie_name(SimpleNamespace(public_url="http://localhost:8080")) == "parley"


async def test_a_session_ends_by_itself(store: Store) -> None:
    clock = Clock()
    ada = await add_user(
        "ada@example.com", "Ada", Role.AGENT, "a long enough password", store=store, clock=clock
    )
    cookie = await open_session(ada, store=store, clock=clock)
    for _ in range(13):
        clock.forward(days=1)
        found = await session_of(cookie, store=store, clock=clock)
        assert found
        await note_seen(found[1], "203.0.113.7", store=store, clock=clock)
    clock.forward(days=2)
    assert await session_of(cookie, store=store, clock=clock) is None
    assert cookie not in str(await store.sessions.list())


async def test_a_session_that_nobody_uses_ends_sooner(store: Store) -> None:
    clock = Clock()
    ada = await add_user(
        "ada@example.com", "Ada", Role.AGENT, "a long enough password", store=store, clock=clock
    )
    cookie = await open_session(ada, store=store, clock=clock)
    clock.forward(days=2)
    found = await session_of(cookie, store=store, clock=clock)
    assert found
    await note_seen(found[1], "203.0.113.7", store=store, clock=clock)
    clock.forward(days=2)
    assert await session_of(cookie, store=store, clock=clock)
    clock.forward(days=2)
    assert await session_of(cookie, store=store, clock=clock) is None


async def test_a_known_browser_gets_in_while_a_stranger_guesses_its_users_password(
    parley: Parley, browser
) -> None:
    await sign(browser)
    async with aiohttp.ClientSession(parley.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as stranger:
        guesses = [await sign(stranger, password="wrong") for _ in range(6)]
        assert [guess.status for guess in guesses] == [401] * 5 + [429]
        assert 1 <= int(guesses[-1].headers["Retry-After"]) <= 15
        assert re.search(r"Try again in (\d+ seconds|a second)\.", await guesses[-1].text())
        assert (await sign(stranger)).status == 429
    assert (await sign(browser)).status == 303


async def test_where_one_wanted_to_go_outlives_a_wrong_password(parley: Parley, browser) -> None:
    wrong = await sign(browser, password="wrong", next="/settings")
    assert 'name="next" value="/settings"' in await wrong.text()


async def failures(parley: Parley, address: str) -> list[tuple[str, str]]:
    """As whom somebody at this address failed to get in, and by what; the newest first."""
    told = await parley.store.audit.page({"what": "user.refused"}, limit=100)
    return [(entry.target, entry.after["by"]) for entry in told if entry.address == address]


async def test_a_failure_is_in_the_audit_log_without_what_was_typed(parley: Parley, browser) -> None:
    user = await parley.a_user(f"Olga {new_id()}")
    typed = f"my secret {new_id()}"
    for name in (typed, user.email, user.email):
        await sign(browser, email=name, password=typed)
    told = await parley.store.audit.page({"what": "user.refused"}, limit=100)
    assert [entry.after["known"] for entry in told if entry.target == f"user:{user.id}"] == [True]
    assert typed not in repr(told)


async def test_guesses_of_one_way_in_hide_none_of_another(parley: Parley) -> None:
    user, visitor = await parley.a_user(f"Olga {new_id()}"), nobody("")
    visitor = replace(visitor, address=f"of {user.id}")
    for by in ("password", "password", "second step", "second step", "passkey"):
        await note_refusal(visitor, by, store=parley.store, clock=now, user=user)
    ways = [by for _, by in await failures(parley, visitor.address)]
    assert ways == ["passkey", "second step", "password"]


async def test_who_guesses_from_everywhere_does_not_fill_the_audit_log(parley: Parley) -> None:
    way = f"way {new_id()}"
    for number in range(105):
        visitor = replace(nobody(""), address=f"{way} {number}")
        await note_refusal(visitor, way, store=parley.store, clock=now)
    assert len([e for e in await parley.store.audit.page({}, limit=200) if e.after.get("by") == way]) == 100
