"""A service account's tokens: asked for when needed, kept while they last, sent to nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from google.auth import jwt

from connectors.content import Text
from connectors.contract import Outbound
from connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderDown,
    SendFailed,
    Throttled,
    Unreachable,
)
from connectors.events import Identity, IdentityKind
from connectors.rcs.connector import Rcs
from connectors.rcs.credentials import SCOPE, ServiceAccount, tokens_for
from tests.connectors.rcs.samples import ANA, a_connector, a_key

MESSAGE = Outbound(message_id="m1", to=(Identity(IdentityKind.PHONE, ANA),), content=Text("Hi"))


@dataclass
class Google:
    """Google's sign-in and its API; tokens are numbered, and `good` are those that the API takes."""

    url: str = ""
    status: int = 200
    answer: Any = None
    hangs_up: bool = False
    lasts: int = 3599
    good: set[str] = field(default_factory=lambda: {"t1", "t2", "t3"})
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    async def token(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({key: str(value) for key, value in (await request.post()).items()})
        if self.hangs_up:
            assert request.transport is not None
            request.transport.close()
        granted = {"access_token": f"t{len(self.asked)}", "expires_in": self.lasts, "token_type": "Bearer"}
        return web.json_response(granted if self.answer is None else self.answer, status=self.status)

    async def send(self, request: web.Request) -> web.StreamResponse:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.sent.append(token)
        if token not in self.good:
            return web.json_response({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, status=401)
        return web.json_response({"name": "phones/x/agentMessages/m1"})


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    google, app = Google(), web.Application()
    app.router.add_post("/token", google.token)
    app.router.add_post("/v1/phones/{number}/agentMessages", google.send)
    server = TestServer(app)
    await server.start_server()
    google.url = str(server.make_url("")).rstrip("/")
    yield google
    await server.close()


def connected(google: Google, http: aiohttp.ClientSession) -> Rcs:
    return a_connector(http, api_base=google.url, service_account=a_key())


def expiring(connector: Rcs, within: timedelta) -> None:
    tokens = connector._tokens
    assert isinstance(tokens, ServiceAccount)
    tokens._credentials.expiry = datetime.now(UTC).replace(tzinfo=None) + within


async def test_a_token_is_asked_for_once_and_kept(google: Google, http: aiohttp.ClientSession) -> None:
    connector = connected(google, http)
    await asyncio.gather(*(connector.send(MESSAGE) for _ in range(5)))
    assert google.sent == ["t1"] * 5 and len(google.asked) == 1
    (asked,) = google.asked
    assert asked["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims: dict[str, Any] = jwt.decode(asked["assertion"], verify=False)  # type: ignore[no-untyped-call]
    assert claims["iss"] == "rbm@shop.iam.gserviceaccount.com"
    assert (claims["scope"], claims["aud"]) == (SCOPE, f"{google.url}/token")


async def test_an_old_token_is_renewed_before_it_ends(google: Google, http: aiohttp.ClientSession) -> None:
    connector = connected(google, http)
    await connector.send(MESSAGE)
    expiring(connector, timedelta(minutes=2))
    await connector.send(MESSAGE)
    assert google.sent == ["t1", "t2"]


async def test_a_token_that_still_lasts_does_while_sign_in_is_down(
    google: Google, http: aiohttp.ClientSession
) -> None:
    connector = connected(google, http)
    await connector.send(MESSAGE)
    expiring(connector, timedelta(minutes=2))
    google.status = 503
    await connector.send(MESSAGE)
    assert google.sent == ["t1", "t1"]
    expiring(connector, timedelta(minutes=-1))
    with pytest.raises(ProviderDown):
        await connector.send(MESSAGE)


async def test_a_token_that_google_forgot_is_replaced_once(
    google: Google, http: aiohttp.ClientSession
) -> None:
    connector = connected(google, http)
    google.good = {"t2"}
    await connector.send(MESSAGE)
    assert google.sent == ["t1", "t2"]
    google.good = set()
    with pytest.raises(CredentialsRefused):
        await connector.send(MESSAGE)
    assert google.sent == ["t1", "t2", "t2", "t3"]


@pytest.mark.parametrize(
    ("status", "answer", "error", "code"),
    [
        (400, {"error": "invalid_grant", "error_description": "x"}, CredentialsRefused, "invalid_grant"),
        (401, {"error": "invalid_client"}, CredentialsRefused, "invalid_client"),
        (403, "no", CredentialsRefused, "403"),
        (400, {"error": "two words"}, CredentialsRefused, "400"),
        (429, {}, Throttled, "429"),
        (500, {}, ProviderDown, "500"),
        (302, {}, ProviderDown, "302"),
        (200, {}, ProviderDown, "token"),
        (200, "odd", ProviderDown, "token"),
        (200, {"access_token": None}, ProviderDown, "token"),
        (200, {"access_token": "t", "expires_in": "soon"}, ProviderDown, "token"),
    ],
)  # fmt: skip
async def test_a_sign_in_that_fails_has_surely_sent_nothing(
    status: int, answer: Any, error: type, code: str, google: Google, http: aiohttp.ClientSession
) -> None:
    google.status, google.answer = status, answer
    with pytest.raises(SendFailed) as caught:
        await connected(google, http).send(MESSAGE)
    assert type(caught.value) is error and caught.value.code == code
    assert not isinstance(caught.value, OutcomeUnknown) and google.sent == []
    assert len(google.asked) == 1, "The outbox tries again; nobody else does."


async def test_a_line_that_breaks_at_sign_in_has_surely_sent_nothing(
    google: Google, http: aiohttp.ClientSession
) -> None:
    google.hangs_up = True
    with pytest.raises(Unreachable):
        await connected(google, http).send(MESSAGE)


async def test_googles_tokens_are_for_google_alone(http: aiohttp.ClientSession) -> None:
    key, elsewhere = a_key("https://oauth2.googleapis.com/token"), "https://gateway.example"
    for base, where in (
        ("https://rcsbusinessmessaging.googleapis.com", "https://oauth2.googleapis.com/token"),
        ("https://us-rcsbusinessmessaging.googleapis.com", "https://oauth2.googleapis.com/token"),
        (elsewhere, f"{elsewhere}/token"),
        ("https://evilgoogleapis.com", "https://evilgoogleapis.com/token"),
        ("https://googleapis.com.evil.example", "https://googleapis.com.evil.example/token"),
    ):
        tokens = tokens_for(key, api_base=base, http=http)
        assert isinstance(tokens, ServiceAccount)
        assert tokens._credentials._token_uri == where


async def test_no_error_tells_the_key(google: Google, http: aiohttp.ClientSession) -> None:
    google.status, google.answer = 400, {"error": json.loads(a_key())["private_key"]}
    with pytest.raises(ConnectorError) as caught:
        await connected(google, http).send(MESSAGE)
    assert "PRIVATE" not in f"{caught.value} {caught.value.__dict__}"
