"""Who may call us: Google's signature over what is in the envelope, the handshake, a carrier's token."""

import base64
import json
from typing import Any

import pytest

from connectors.contract import Webhook
from connectors.errors import BadSettings, ChallengeRejected, WebhookRejected
from connectors.events import MessageReceived
from tests.connectors.rcs.samples import (
    AGENT,
    FRAME,
    TOKEN,
    a_connector,
    a_key,
    a_webhook,
    an_envelope,
    openssl_signature,
)

DATA = b'{"text":"Hi"}'


def signed(body: Any, signature: str, **more: str) -> Webhook:
    return a_webhook(body, **{"x-goog-signature": signature} | more)


@pytest.mark.parametrize("data", [DATA, b"", b"no json", '{"text":"é 😀"}'.encode(), b'{\n "text" : "Hi"\n}'])
def test_what_openssl_signed_is_let_in(data: bytes) -> None:
    a_connector().verify(signed(an_envelope(data), openssl_signature(data)))


def test_googles_own_example_is_let_in() -> None:
    data, token = "eyJ0ZXh0IjoiSGkifQ==", "SJENCPGJESMGUFPY"
    signature = "k9HkUGppOa1P7c0ufNuD2EJwHJkZvp9DN60DVsgUE6JRlimI2pnkclumY3+fVM/kG6gDgQ/EQ4g26qkVthNfSg=="
    a_connector(client_token=token).verify(signed({"message": {"data": data}}, signature))


def test_base64_comes_in_two_alphabets_and_with_or_without_padding() -> None:
    data = b'{"text":"\xc3\xbf\xc3\xbe\xef\xbf\xbd??>>"}'
    standard, safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()
    assert standard != safe
    for written in (standard, safe, standard.rstrip("="), safe.rstrip("=")):
        a_connector().verify(signed({"message": {"data": written}}, openssl_signature(data)))


GOOD = openssl_signature(DATA)


@pytest.mark.parametrize(
    "header",
    [
        "",
        GOOD[:-1],
        GOOD + "=",
        f" {GOOD}",
        GOOD.lower(),
        base64.b64decode(GOOD).hex(),
        openssl_signature(DATA, "another"),
        openssl_signature(base64.b64encode(DATA)),
        openssl_signature(json.dumps(an_envelope(DATA)).encode()),
        "é",
        "\udcff",
        "x" * 100_000,
    ],
)
def test_any_other_header_is_rejected(header: str) -> None:
    for carrier in ("google", "vi"):
        with pytest.raises(WebhookRejected):
            a_connector(carrier=carrier).verify(signed(an_envelope(DATA), header))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'"text"',
        b"{}",
        b"[]",
        {"message": None},
        {"message": {"data": 5}},
        {"message": {}},
        {"message": {"data": "not base64!"}},
        {"message": {"data": "é"}},
        b"[" * 50_000,
        [an_envelope(DATA)],
    ],
)
def test_what_is_no_envelope_is_rejected(body: Any) -> None:
    with pytest.raises(WebhookRejected):
        a_connector().verify(signed(body, GOOD))


def test_nothing_but_the_signed_bytes_is_believed() -> None:
    forged = {
        "entityType": "USER_MESSAGE",
        "userPhoneNumber": "+1650",
        "entity": {"messageId": "f", "text": "!"},
    }
    data = json.dumps(FRAME | {"text": "Hi"}).encode()
    hook = signed(an_envelope(data) | forged | {"text": "forged"}, openssl_signature(data))
    a_connector().verify(hook)
    (event,) = a_connector().parse(hook)
    assert isinstance(event, MessageReceived) and event.external_id == "+16505550101:MxA1"


def test_the_same_key_twice_in_an_envelope_is_read_once_and_in_one_way() -> None:
    inner = [json.dumps(FRAME | {"text": text}).encode() for text in ("signed", "forged")]
    one, two = (json.dumps(an_envelope(data)["message"]) for data in inner)
    for body in (f'{{"message":{one},"message":{two}}}', f'{{"message":{two},"message":{one}}}'):
        hook = signed(body.encode(), openssl_signature(inner[0]))
        try:
            a_connector().verify(hook)
        except WebhookRejected:
            continue
        (event,) = a_connector().parse(hook)
        assert isinstance(event, MessageReceived) and "signed" in str(event.content)


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"jio:{password}".encode()).decode()


@pytest.mark.parametrize("carrier", ["jio", "vi", "airtel"])
def test_a_carrier_that_does_not_sign_shows_the_token(carrier: str) -> None:
    connector = a_connector(carrier=carrier)
    connector.verify(a_webhook({}, {"token": TOKEN}))
    connector.verify(a_webhook({}, authorization=f"Bearer {TOKEN}"))
    connector.verify(a_webhook({}, authorization=basic(TOKEN)))
    for query, header in (
        ({}, ""),
        ({"token": ""}, "Bearer"),
        ({"token": "x"}, f"Bearer {TOKEN}x"),
        ({}, basic("x")),
        ({}, "Basic é"),
        ({"token": TOKEN.lower()}, TOKEN),
    ):
        with pytest.raises(WebhookRejected):
            connector.verify(a_webhook({}, query, authorization=header))


def test_google_itself_must_sign_whatever_else_is_shown() -> None:
    with pytest.raises(WebhookRejected):
        a_connector().verify(a_webhook(an_envelope(DATA), {"token": TOKEN}, authorization=f"Bearer {TOKEN}"))


def test_the_handshake_is_answered_with_googles_secret() -> None:
    assert a_connector().challenge(a_webhook({"clientToken": TOKEN, "secret": "12345"})) == "12345"
    assert a_connector().challenge(a_webhook({"secret": 12345, "clientToken": TOKEN})) == "12345"


@pytest.mark.parametrize(
    "asked",
    [
        {"clientToken": "other", "secret": "12345"},
        {"clientToken": "", "secret": "12345"},
        {"clientToken": None, "secret": "12345"},
        {"clientToken": [TOKEN], "secret": "12345"},
        {"clientToken": TOKEN.lower(), "secret": "12345"},
        {"clientToken": "é", "secret": "12345"},
        {"clientToken": TOKEN},
        {"clientToken": TOKEN, "secret": ""},
        {"clientToken": TOKEN, "secret": "x" * 5000},
    ],
)
def test_a_wrong_handshake_is_rejected_and_gives_nothing_back(asked: Any) -> None:
    with pytest.raises(ChallengeRejected) as caught:
        a_connector().challenge(a_webhook(asked))
    assert "12345" not in str(caught.value) and TOKEN not in str(caught.value)


def test_what_is_no_handshake_is_left_alone() -> None:
    token = {"clientToken": TOKEN, "secret": "1"}
    for body in (
        b"",
        b"[]",
        b'"clientToken"',
        b'{"clientToken"',
        an_envelope(token),
        an_envelope(DATA) | token,
    ):
        assert a_connector().challenge(a_webhook(body)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"agent_id": "two words"},
        {"agent_id": "../brands"},
        {"client_token": " x"},
        {"service_account": '{"type":"service_account"}'},
        {"service_account": '{"type":"service_account"'},
        {"service_account": "two words"},
        {"service_account": "tokén"},
        {"service_account": "[]"},
        {"service_account": a_key().replace("BEGIN", "begin")},
        {"service_account": a_key("ftp://x")},
        {"carrier": "acme"},
        {"region": "mars"},
        {"api_base": "rbm.example"},
        {"api_base": "http://[::1"},
        {"traffic_type": "SPAM"},
        {"ttl": "9"},
        {"ttl": "1296001"},
        {"ttl": "600s"},
        {"ttl": "-600"},
    ],
)
def test_a_wrong_setting_is_named_without_its_value(wrong: dict[str, str]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(BadSettings, match=name) as caught:
        a_connector(**wrong)
    assert len(value) < 3 or value.strip() not in str(caught.value)


def test_the_agent_is_the_account() -> None:
    from connectors.rcs import KIND

    assert KIND.account({"agent_id": AGENT}) == AGENT and KIND.account({}) is None
