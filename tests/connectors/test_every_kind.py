"""What holds for every connector in the registry. A new one is tried here without a line of its own."""

import contextlib
import json
import socket
from typing import Any, get_args

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.content import (
    Audio,
    Card,
    Carousel,
    Contacts,
    Content,
    Document,
    Edit,
    Image,
    Location,
    Note,
    Option,
    Options,
    Phone,
    Reaction,
    Revoke,
    RichCard,
    Sticker,
    Template,
    Text,
    Video,
)
from connectors.contract import AnswersChallenge, AnswersWebhooks, Clock, Connector, Kind, Outbound, Webhook
from connectors.errors import (
    BadSettings,
    ChallengeRejected,
    CredentialsRefused,
    OutcomeUnknown,
    SendFailed,
    Throttled,
    Unreachable,
    WebhookRejected,
)
from connectors.events import Event, Identity, IdentityKind
from connectors.fitting import fit
from connectors.registry import KINDS, complete, kind_of
from tests.connectors.conftest import NOW
from tests.connectors.far_side import FarSide

TAGS = {kind.__struct_config__.tag for kind in get_args(Content)}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
kinds_that_call = pytest.mark.parametrize(
    "kind", [k for k in KINDS.values() if any(s.name == "api_base" for s in k.settings)], ids=lambda k: k.name
)


def sample_settings(kind: Kind, **more: str) -> dict[str, str]:
    """Settings that connect: every required one is as its example, or named after itself."""
    needed = [setting for setting in kind.settings if setting.default is None]
    required = {setting.name: setting.example or f"a-{setting.name}" for setting in needed}
    return complete(kind, required | more)


def a_connector(kind: Kind, http: Any = None, clock: Clock = lambda: NOW, **more: str) -> Connector:
    return kind.connect(sample_settings(kind, **more), http=http, clock=clock)


def a_webhook(body: bytes, method: str = "POST", **query: str) -> Webhook:
    return Webhook(method=method, url="https://parley.test/hooks/x", headers={}, query=query, body=body)


def a_message(kind: Kind, content: Any = Text("Hello")) -> Outbound:  # noqa: B008 - a frozen value
    """A message to someone who is known by every kind of name."""
    names = {IdentityKind.PHONE: "+16505550101", IdentityKind.USER: f"{kind.name}:42"}
    to = tuple(Identity(each, names.get(each, "US.42")) for each in IdentityKind)
    return Outbound(message_id="m1", to=to, content=content)


@every_kind
def test_it_is_a_connector_that_carries_known_contents(kind: Kind) -> None:
    connector = a_connector(kind)
    assert isinstance(connector, Connector)
    assert connector.capabilities.contents <= TAGS - {"note", "activity"}
    assert connector.capabilities.text_length > 0


@every_kind
def test_its_settings_explain_themselves_and_secrets_have_no_default(kind: Kind) -> None:
    assert kind_of(kind.name) is kind
    assert len({setting.name for setting in kind.settings}) == len(kind.settings)
    for setting in kind.settings:
        assert setting.meaning
        assert not (setting.secret and setting.default), setting.name


@every_kind
def test_what_names_the_account_is_no_secret(kind: Kind) -> None:
    """It is stored as it is, and shown."""
    for filled in (sample_settings(kind), {setting.name: f"a-{setting.name}" for setting in kind.settings}):
        secrets = [filled[each.name] for each in kind.settings if each.secret and filled[each.name]]
        assert not any(secret in (kind.account(filled) or "") for secret in secrets)


@every_kind
def test_a_missing_or_unknown_setting_is_named(kind: Kind) -> None:
    with pytest.raises(BadSettings, match="colour"):
        complete(kind, {"colour": "blue"})
    for setting in kind.settings:
        if setting.default is None:
            with pytest.raises(BadSettings, match=setting.name):
                complete(kind, sample_settings(kind) | {setting.name: ""})


@every_kind
def test_an_unsigned_webhook_is_rejected(kind: Kind) -> None:
    for body in (b"", b"{}", b'{"object":"whatsapp_business_account","entry":[]}'):
        with pytest.raises(WebhookRejected):
            a_connector(kind).verify(a_webhook(body))


@every_kind
def test_without_a_secret_nothing_is_let_in(kind: Kind) -> None:
    blank = sample_settings(kind) | {setting.name: "" for setting in kind.settings if setting.secret}
    try:
        connector = kind.connect(blank, http=None, clock=lambda: NOW)  # type: ignore[arg-type]
    except BadSettings:
        return
    with pytest.raises(WebhookRejected):
        connector.verify(a_webhook(b"{}"))


@every_kind
def test_a_handshake_without_the_right_token_is_not_answered(kind: Kind) -> None:
    connector = a_connector(kind)
    if not isinstance(connector, AnswersChallenge):
        return
    for query in ({}, {"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"}):
        try:
            answer = connector.challenge(a_webhook(b"", "GET", **query))
            assert answer is None or (answer == "OK" and not query)  # Vonage asks whether someone is there
        except ChallengeRejected as error:
            assert str(error)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@every_kind
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(body=st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_in_is_read_and_answered_without_raising(kind: Kind, body: bytes) -> None:
    connector = a_connector(kind)
    events = connector.parse(a_webhook(body))
    assert all(isinstance(event, get_args(Event)) for event in events)
    msgspec.json.encode(events)
    if isinstance(connector, AnswersWebhooks):
        assert all(isinstance(part, str) for part in connector.answer(a_webhook(body)))


@kinds_that_call
@pytest.mark.parametrize(
    ("status", "error"),
    [(500, SendFailed), (503, SendFailed), (429, Throttled), (401, CredentialsRefused), (400, SendFailed)],
)
async def test_a_refusal_is_translated_and_tells_no_secret(
    kind: Kind, status: int, error: type, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    given = sample_settings(kind, api_base=provider.url)
    secrets = [given[each.name] for each in kind.settings if each.secret and given[each.name]]
    provider.status, provider.body = status, " ".join(["<html>Oh", *secrets])
    with pytest.raises(error) as caught:
        await a_connector(kind, http, api_base=provider.url).send(a_message(kind))
    assert str(caught.value) and caught.value.code
    assert not any(secret in str(caught.value) for secret in secrets)


@kinds_that_call
async def test_a_success_without_an_id_is_no_success(
    kind: Kind, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    for body in ("", "OK", "[]", "{}", '{"messages":[]}', '{"messages":[{"id":null}]}'):
        provider.body = body
        with pytest.raises(OutcomeUnknown):
            await a_connector(kind, http, api_base=provider.url).send(a_message(kind))


@kinds_that_call
async def test_a_line_that_breaks_after_the_request_leaves_the_outcome_unknown(
    kind: Kind, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    provider.hangs_up = True
    with pytest.raises(OutcomeUnknown):
        await a_connector(kind, http, api_base=provider.url).send(a_message(kind))
    assert len(provider.calls) == 1


@kinds_that_call
async def test_a_provider_that_is_not_there_surely_took_nothing(
    kind: Kind, http: aiohttp.ClientSession
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable):
            await a_connector(kind, http, api_base=base).send(a_message(kind))


FILE: dict[str, Any] = {"url": "https://files.parley.test/a", "filename": "a", "size": 4}
CARRIED: dict[str, Any] = {
    "text": Text("Hello"),
    "image": Image(**FILE, mime_type="image/jpeg"),
    "audio": Audio(**FILE, mime_type="audio/mpeg"),
    "video": Video(**FILE, mime_type="video/mp4"),
    "document": Document(**FILE, mime_type="application/pdf"),
    "sticker": Sticker(**FILE, mime_type="image/webp"),
    "location": Location(latitude=45.1, longitude=9.2),
    "contacts": Contacts([Card(name="Eve", phones=[Phone(number="+16505550102")]), Card(name="Bob")]),
    "options": Options("Which?", [Option("Yes", "/yes"), Option("No", "/no")]),
    "card": RichCard(title="A lamp", text="It shines.", options=[Option("Buy", "/buy")]),
    "carousel": Carousel([RichCard(title=each, options=[Option(each, each)]) for each in ("Lamp", "Mug")]),
    "reaction": Reaction("an-id", "👍"),
    "template": Template(name="a", language="en"),
    "edit": Edit("an-id", Text("Hello!")),
    "revoke": Revoke("an-id"),
}
"""One content for each tag that a connector may say it carries."""


@kinds_that_call
async def test_it_sends_whatever_it_says_it_carries(
    kind: Kind, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    connector = a_connector(kind, http, api_base=provider.url)
    for tag in sorted(connector.capabilities.contents):
        for content in fit(CARRIED[tag], connector.capabilities).contents:
            before = len(provider.calls)
            with contextlib.suppress(OutcomeUnknown):  # it went, and nothing said by which id
                await connector.send(a_message(kind, content))
            assert len(provider.calls) > before, tag


@kinds_that_call
async def test_a_private_note_never_leaves(
    kind: Kind, http: aiohttp.ClientSession, provider: FarSide
) -> None:
    with pytest.raises(SendFailed):
        await a_connector(kind, http, api_base=provider.url).send(a_message(kind, Note("Be careful")))
    assert provider.calls == []
