"""OpenID Connect Back-Channel Logout 1.0, with a provider that has a key of its own and answers by HTTP."""

from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwk, jwt

from inbox.actions.people import open_session
from inbox.live.agents import AGENTS, AgentsNamespace
from inbox.machine.ports import free_port
from inbox.model.people import Role
from inbox.model.secrets import digest
from tests.inbox.http.test_single_sign_on import body, what_was_noted
from tests.parley import Client, Parley, running_parley, settings_for, until

EVENT = "http://schemas.openid.net/event/backchannel-logout"
KEY = jwk.RSAKey.generate_key(2048, {"kid": "1"})
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "1"})


class Provider:
    """It lets everybody in as Anna, in a session with the id that is next."""

    def __init__(self) -> None:
        self.issuer = ""
        self.nonce = ""
        self.sid = "first"

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._described)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._tokens)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _described(self, request: web.Request) -> web.Response:
        at = {"authorization_endpoint": "/ask", "token_endpoint": "/token", "jwks_uri": "/keys"}
        told = {name: self.issuer + path for name, path in at.items()}
        return web.json_response({"issuer": self.issuer, **told})

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [KEY.as_dict(private=False)]})

    async def _tokens(self, request: web.Request) -> web.Response:
        return web.json_response({"access_token": "a", "id_token": self.id_token()})

    def id_token(self) -> str:
        who = {"email": "anna@bank.example", "email_verified": True, "name": "Anna", "sid": self.sid}
        return self.signed(events=None, jti=None, nonce=self.nonce, **who)

    def signed(self, key: Any = KEY, **more: Any) -> str:
        """A logout token for Anna with these claims besides, or without those that are None."""
        now = self.now()
        claims = {"iss": self.issuer, "aud": "parley", "sub": "anna", "iat": now, "exp": now + 120}
        claims |= {"jti": f"{free_port()}-{more}", "events": {EVENT: {}}, **more}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "1", "typ": "logout+jwt"}, kept, key)

    now: Callable[[], int]


@pytest.fixture(scope="module")
async def parley(mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parley]:
    """A Parley that may call a provider on this machine."""
    home: Path = tmp_path_factory.mktemp("logout")
    inside = (ip_network("127.0.0.1/32"),)
    async with running_parley(settings_for(mongodb, home, private_networks=inside)) as parley:
        yield parley


@pytest.fixture(scope="module")
async def provider(parley: Parley) -> AsyncIterator[Provider]:
    provider = Provider()
    runner = await provider.start()
    provider.now = lambda: int(parley.parts.clock().timestamp())
    admin = await parley.an_agent("Logout Admin", Role.ADMIN)
    status, kept = await admin.call("PUT", "/single_sign_on", body(provider.issuer))
    assert (status, kept["logout_uri"]) == (200, f"{parley.url}/login/sso/out"), kept
    yield provider
    await runner.cleanup()


async def signed_in(parley: Parley, provider: Provider, sid: str) -> aiohttp.ClientSession:
    """A browser in which Anna has signed in, by a session of the provider with this id."""
    provider.sid = sid
    browser = aiohttp.ClientSession(parley.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with browser.get("/login/sso", allow_redirects=False) as answer:
        asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    provider.nonce = asked["nonce"][0]
    back = {"state": asked["state"][0], "code": "c"}
    async with browser.get("/login/sso/back", params=back, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
    assert await is_in(browser)
    return browser


async def is_in(browser: aiohttp.ClientSession) -> bool:
    async with browser.get("/api/v1/me") as answer:
        return answer.status == 200


async def told(parley: Parley, token: str) -> int:
    async with parley.http.post(f"{parley.url}/login/sso/out", data={"logout_token": token}) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status


async def test_the_provider_ends_a_session_here_and_its_pages(
    parley: Parley, provider: Provider, open_page, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def renew(self: AgentsNamespace) -> None:
        """No look at the sessions by itself: the page must have been told."""

    monkeypatch.setattr(AgentsNamespace, "renew", renew)
    desk, phone = [await signed_in(parley, provider, sid) for sid in ("desk", "phone")]
    cookies = "; ".join(f"{c.key}={c.value}" for c in desk.cookie_jar)
    page = await open_page(AGENTS, Cookie=cookies)
    token = provider.signed(sub=None, sid="desk")
    assert await told(parley, token) == 200
    await until(page.left.is_set)
    assert (await is_in(desk), await is_in(phone)) == (False, True)
    noted = (await what_was_noted(parley, "sessions.ended"))[0]
    assert (noted.kind, noted.after) == ("nobody", {"ended": 1, "by": "single sign-on"})
    again = await signed_in(parley, provider, "desk")
    assert (await told(parley, token), await is_in(again)) == (400, True), "a token is taken once"
    assert await told(parley, provider.signed(sid="another")) == 200
    assert await is_in(again) and await is_in(phone)
    assert await told(parley, provider.signed()) == 200
    assert not await is_in(again) and not await is_in(phone)
    for browser in (desk, phone, again):
        await browser.close()


async def test_it_ends_no_session_that_the_provider_has_not_opened(
    parley: Parley, provider: Provider
) -> None:
    anna = await signed_in(parley, provider, "hers")
    (user,) = await parley.store.users.list({"email": "anna@bank.example"})
    cookie = await open_session(user, store=parley.store, clock=parley.parts.clock)
    session = await parley.store.sessions.get(digest(cookie))
    assert session is not None
    client = Client(parley, user, cookie, session.csrf)
    assert await told(parley, provider.signed(sub="a stranger")) == 200
    assert await is_in(anna)
    assert await told(parley, provider.signed()) == 200
    assert not await is_in(anna)
    assert (await client.call("GET", "/me"))[0] == 200
    await anna.close()


async def test_what_is_no_logout_token_ends_nothing(parley: Parley, provider: Provider) -> None:
    anna = await signed_in(parley, provider, "hers")
    now = provider.now()
    changes: list[dict[str, Any]] = [
        {"key": OTHER},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"nonce": "n"},
        {"nonce": ""},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/another": {}}},
        {"events": EVENT},
        {"events": {EVENT: "yes"}},
        {"sub": None},
        {"sub": ""},
        {"sid": 7},
        {"sid": {"$gt": ""}},
        {"jti": None},
        {"exp": None},
        {"exp": now - 61},
        {"iat": now + 600},
    ]
    for change in changes:
        assert await told(parley, provider.signed(**change)) == 400, change
    good = provider.signed()
    unsigned = "eyJhbGciOiJub25lIn0." + good.split(".")[1] + "."
    for forged in ("", "a.b.c", good[:-4] + "AAAA", unsigned, "x" * 30_000):
        assert await told(parley, forged) == 400, forged[:40]
    assert await told(parley, provider.id_token()) == 400
    assert await is_in(anna)
    await anna.close()
