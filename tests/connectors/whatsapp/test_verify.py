"""Who may call us: Meta's signature over the raw body, and the handshake."""

import pytest

from connectors.contract import Webhook
from connectors.errors import BadSettings, ChallengeRejected, WebhookRejected
from connectors.whatsapp.connector import WhatsApp
from tests.connectors.whatsapp.samples import SETTINGS, a_connector, a_webhook, openssl_signature

ESCAPED = b'{"object":"whatsapp_business_account","entry":[{"text":"\\u00e9\\ud83d\\ude00 a\\/b"}]}'


@pytest.mark.parametrize("body", [b"", b"{}", ESCAPED, bytes(range(256)), b"x" * 3_000_000])
def test_what_openssl_signed_is_let_in(body: bytes) -> None:
    a_connector().verify(a_webhook(body, **{"x-hub-signature-256": openssl_signature(body, "hush")}))


def test_the_same_words_in_other_bytes_are_not_what_was_signed() -> None:
    signature = openssl_signature(ESCAPED, "hush")
    for body in ('{"text":"é😀 a/b"}'.encode(), ESCAPED + b" ", ESCAPED.replace(b"\\/", b"/")):
        with pytest.raises(WebhookRejected):
            a_connector().verify(a_webhook(body, **{"x-hub-signature-256": signature}))


GOOD = openssl_signature(b"{}", "hush")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        GOOD[7:],
        GOOD.upper(),
        GOOD[:-1],
        GOOD + "0",
        f" {GOOD}",
        f"sha1={GOOD[7:]}",
        "sha256=é",
        "sha256=\udcff",
        "\0",
        "x" * 100_000,
        openssl_signature(b"{}", "other"),
    ],
)
def test_any_other_header_is_rejected(header: str) -> None:
    with pytest.raises(WebhookRejected):
        a_connector().verify(a_webhook(b"{}", **{"x-hub-signature-256": header}))


def test_without_an_app_secret_even_a_matching_signature_is_rejected() -> None:
    keyless = "sha256=" + "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    connector = WhatsApp(SETTINGS | {"app_secret": ""}, http=None, clock=None)  # type: ignore[arg-type]
    with pytest.raises(WebhookRejected):
        connector.verify(a_webhook(b"", **{"x-hub-signature-256": keyless}))


def a_handshake(method: str = "GET", **query: str) -> Webhook:
    dotted = {f"hub.{name}": value for name, value in query.items()}
    return Webhook(method=method, url="https://parley.test/hooks/wa", headers={}, query=dotted, body=b"")


def test_the_handshake_is_answered_with_what_meta_asked() -> None:
    query = {"mode": "subscribe", "verify_token": "open-sesame", "challenge": "1158201444"}
    assert a_connector().challenge(a_handshake(**query)) == "1158201444"


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "Open-sesame", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "é\udcff", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": "open-sesame", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "open-sesame"},
    ],
)
def test_a_wrong_handshake_is_rejected(query: dict[str, str]) -> None:
    with pytest.raises(ChallengeRejected):
        a_connector().challenge(a_handshake(**query))


def test_what_is_no_handshake_is_left_alone() -> None:
    assert a_connector().challenge(a_handshake()) is None
    assert a_connector().challenge(a_handshake("POST", mode="subscribe")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_number_id": "+1 650"},
        {"phone_number_id": "1/../2"},
        {"access_token": "two words"},
        {"access_token": "line\nbreak"},
        {"app_secret": " "},
        {"verify_token": ""},
        {"api_version": "latest"},
        {"api_base": "graph.example"},
        {"api_base": "http://[::1"},
        {"api_base": "ftp://x"},
    ],
)
def test_a_wrong_setting_is_named_without_its_value(wrong: dict[str, str]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(BadSettings, match=name) as caught:
        a_connector(**wrong)
    assert not value.strip() or value not in str(caught.value)
