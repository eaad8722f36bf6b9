"""Signing in and out."""

import asyncio
import re
from collections.abc import AsyncIterator
from types import SimpleNamespace

import aiohttp
import pytest
from argon2 import PasswordHasher, Type

from inbox.actions.errors import TooMany
from inbox.actions.people import add_user, session_of, sign_in
from inbox.http.auth import cookie_name
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


# Guessing.

PASSWORD = "a long enough password"


def test_passwords_are_kept_by_argon2id_at_its_full_cost() -> None:
    hasher = PasswordHasher()
    assert (hasher.type, hasher.time_cost >= 2, hasher.memory_cost >= 19_456) == (Type.ID, True, True)


async def somebody(store: Store, clock: Clock) -> None:
    await add_user("ada@example.com", "Ada", Role.AGENT, PASSWORD, store=store, clock=clock)


async def guess(store: Store, clock: Clock, password: str = "wrong", *, address: str = "10.0.0.1"):
    return await sign_in("Ada@Example.com ", password, address, store=store, clock=clock)


async def test_after_five_failures_not_even_the_right_password_helps_for_a_while(store: Store) -> None:
    clock = Clock()
    await somebody(store, clock)
    assert [await guess(store, clock) for _ in range(5)] == [None] * 5
    with pytest.raises(TooMany):
        await guess(store, clock, PASSWORD)
    clock.forward(minutes=16)
    assert await guess(store, clock, PASSWORD)


async def test_many_guesses_at_once_get_no_further(store: Store) -> None:
    clock = Clock()
    await somebody(store, clock)
    answers = await asyncio.gather(*(guess(store, clock) for _ in range(20)), return_exceptions=True)
    assert answers.count(None) == 5
    assert sum(isinstance(a, TooMany) for a in answers) == 15


async def test_who_gets_it_right_starts_afresh(store: Store) -> None:
    clock = Clock()
    await somebody(store, clock)
    for _ in range(2):
        assert [await guess(store, clock) for _ in range(3)] == [None] * 3
        assert await guess(store, clock, PASSWORD)


async def test_one_address_cannot_try_many_accounts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inbox.actions.people._matches", lambda known, password: False)  # which is slow
    clock = Clock()
    with pytest.raises(TooMany):
        for n in range(31):
            await sign_in(f"{n}@example.com", "wrong", "10.0.0.9", store=store, clock=clock)


async def test_a_session_ends_by_itself(store: Store) -> None:
    clock = Clock()
    await somebody(store, clock)
    _, cookie = await guess(store, clock, PASSWORD)
    clock.forward(days=13)
    assert await session_of(cookie, store=store, clock=clock)
    clock.forward(days=2)
    assert await session_of(cookie, store=store, clock=clock) is None
    assert cookie not in str(await store.sessions.list())
