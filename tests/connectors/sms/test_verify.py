"""Who may call us: every provider's own proof, and nothing less."""

import hashlib
import subprocess
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from connectors.contract import AnswersChallenge, Webhook
from connectors.errors import WebhookRejected
from tests.connectors.conftest import NOW
from tests.connectors.sms import samples
from tests.connectors.sms.providers import (
    HOOK,
    INFOBIP,
    KALEYRA,
    PROVIDERS,
    SECRET,
    SINCH,
    TWILIO,
    VONAGE,
    VONAGE_MESSAGES,
    Provider,
    a_request,
    with_sig,
)
from tests.connectors.sms.test_webhooks import connected

SAID: dict[str, Any] = {name: said for name, said, _ in reversed(samples.MESSAGES)} | {
    "twilio-events": [samples.twilio_event("inbound-message.received", body="Hi")]
}


def is_let_in(provider: Provider, webhook: Webhook, **more: str) -> bool:
    try:
        connected(provider, **more).verify(webhook)
    except WebhookRejected as error:
        assert SECRET not in str(error)
        return False
    return True


@pytest.mark.parametrize("name", PROVIDERS)
def test_only_what_the_provider_sent_is_let_in(name: str) -> None:
    provider = PROVIDERS[name]
    webhook = provider.webhook(SAID[name])
    assert is_let_in(provider, webhook)
    other = next(
        key for key in ("auth_token", "signature_secret", "callback_secret") if key in provider.settings
    )
    assert not is_let_in(provider, webhook, **{other: "another secret of the same account"})
    bare = a_request(HOOK, webhook.body, {"content-type": webhook.headers["content-type"]})
    if provider is not VONAGE:
        assert not is_let_in(provider, bare)


@pytest.mark.parametrize("name", ["twilio", "twilio-events", "vonage", "vonage-messages", "sinch"])
def test_a_signature_fits_one_body_alone(name: str) -> None:
    provider = PROVIDERS[name]
    webhook = provider.webhook(SAID[name])
    for body in (webhook.body + b"&Body=x", webhook.body.replace(b"5550101", b"5550102"), b"", b"{}"):
        assert body != webhook.body
        assert not is_let_in(provider, a_request(webhook.url, body, dict(webhook.headers)))


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("odd", ["", " ", "é", "\udcff", "x" * 100_000, "=", "Bearer ", "Basic !!!", "a.b.c"])
def test_odd_proofs_are_rejected_and_break_nothing(name: str, odd: str) -> None:
    headers = ("x-twilio-signature", "authorization", "x-sinch-signature", "x-sinch-webhook-signature")
    more = ("x-api-key", "x-sinch-webhook-signature-nonce", "x-twilio-webhooks-signature-settings")
    webhook = Webhook(
        method="POST",
        url=f"{HOOK}?secret={odd[:9]}&sig=x&bodySHA256={odd[:9]}",
        headers=dict.fromkeys((*headers, *more), odd),
        query={"secret": odd, "token": odd, "sig": odd},
        body=b'{"sig":"\\ud800"}',
    )
    assert not is_let_in(PROVIDERS[name], webhook)


fields = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=3),
    max_size=6,
)


class TestTwilio:
    """Twilio's own library is the other side."""

    @given(
        fields=fields, port=st.sampled_from(["", ":443", ":8443"]), query=st.sampled_from(["", "?a=1&b=%20"])
    )
    def test_any_form_that_twilio_signs_is_let_in(
        self, fields: dict[str, list[str]], port: str, query: str
    ) -> None:
        pairs = [(name, value) for name, values in fields.items() for value in values]
        url = f"https://parley.test{port}/hooks/sms{query}"
        signature = RequestValidator(SECRET).compute_signature(url, MultiDict(pairs))
        headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
        assert is_let_in(TWILIO, a_request(url, urlencode(pairs).encode(), headers))

    def test_a_shared_key_signs_with_its_own_algorithm(self) -> None:
        body = b"Body=Hi&MessageSid=SM1"
        signature = RequestValidator("the-key").compute_signature(
            HOOK, {"Body": "Hi", "MessageSid": "SM1"}, "HMAC_SHA256"
        )
        headers = {"x-twilio-signature": signature}
        named = headers | {"x-twilio-webhooks-signature-settings": "key=k1,algorithm=HMAC_SHA256"}
        assert is_let_in(TWILIO, a_request(HOOK, body, named), webhook_key="the-key")
        assert not is_let_in(TWILIO, a_request(HOOK, body, headers), webhook_key="the-key")
        assert not is_let_in(TWILIO, a_request(HOOK, body, named))
        unknown = headers | {"x-twilio-webhooks-signature-settings": "key=k1,algorithm=HMAC_MD5"}
        assert not is_let_in(TWILIO, a_request(HOOK, body, unknown), webhook_key="the-key")

    def test_a_get_is_signed_by_its_address(self) -> None:
        url = f"{HOOK}?Body=It%27s+me&MessageSid=SM1&SmsStatus=received&From=%2B16505550101"
        signature = RequestValidator(SECRET).compute_signature(url, {})
        assert is_let_in(TWILIO, a_request(url, b"", {"x-twilio-signature": signature}, "GET"))
        assert not is_let_in(TWILIO, a_request(f"{url}&x=1", b"", {"x-twilio-signature": signature}, "GET"))


class TestVonage:
    """OpenSSL and PyJWT are the other side."""

    @pytest.mark.parametrize("method", ["md5", "sha1", "sha256", "sha512"])
    def test_what_openssl_signed_is_let_in(self, method: str) -> None:
        said = {"text": "a&b=c ü", "messageId": "7", "msisdn": "16505550101", "timestamp": "1763642096"}
        joined = "&messageId=7&msisdn=16505550101&text=a_b_c ü&timestamp=1763642096"
        command = ["openssl", "dgst", f"-{method}", "-hmac", SECRET, "-r"]
        shown = subprocess.run(command, input=joined.encode(), capture_output=True, check=True).stdout
        signature = shown.split()[0].decode()
        for written in (signature, signature.upper()):
            webhook = Provider("vonage", VONAGE.settings, VONAGE.sign, True).webhook(said | {"sig": written})
            assert is_let_in(VONAGE, webhook)
            assert is_let_in(VONAGE, webhook, signature_method=method)
            assert not is_let_in(VONAGE, webhook, signature_method="md5hash")

    def test_the_old_digest_is_taken_only_if_the_account_uses_it(self) -> None:
        said = {"messageId": "7", "text": "Hi"}
        digest = hashlib.md5(f"&messageId=7&text=Hi{SECRET}".encode()).hexdigest()
        webhook = Provider("vonage", VONAGE.settings, VONAGE.sign, True).webhook(said | {"sig": digest})
        assert not is_let_in(VONAGE, webhook)
        assert is_let_in(VONAGE, webhook, signature_method="md5hash")

    def test_an_address_is_tried_with_nothing_at_all(self) -> None:
        connector = connected(VONAGE)
        assert isinstance(connector, AnswersChallenge)
        assert connector.challenge(a_request(HOOK, b"", {}, "GET")) == "OK"
        assert connector.challenge(a_request(f"{HOOK}?text=Hi", b"", {}, "GET")) is None
        assert connector.challenge(a_request(HOOK, b"text=Hi", {})) is None

    def test_signed_json_and_signed_queries_are_let_in(self) -> None:
        signed = with_sig({"messageId": "7", "text": "Hi", "concat": "true"})
        as_json = Provider("vonage", VONAGE.settings, VONAGE.sign).webhook(signed)
        assert is_let_in(VONAGE, as_json)
        query = "&".join(f"{name}={value}" for name, value in signed.items())
        assert is_let_in(VONAGE, a_request(f"{HOOK}?{query}", b"", {}, "GET"))

    @pytest.mark.parametrize(
        ("claims", "more", "good"),
        [
            ({}, {}, True),
            ({"exp": NOW.timestamp() + 60}, {}, True),
            ({"exp": NOW.timestamp() - 3600}, {}, False),
            ({"nbf": NOW.timestamp() + 3600}, {}, False),
            ({"payload_hash": "0" * 64}, {}, False),
            ({"payload_hash": None}, {}, False),
            ({}, {"algorithm": "HS512"}, False),
            ({}, {"key": "another key of enough length for HS256"}, False),
            ({}, {"algorithm": "none", "key": None}, False),
        ],
    )
    def test_a_token_must_be_signed_current_and_about_the_body(
        self, claims: dict[str, Any], more: dict[str, Any], good: bool
    ) -> None:
        body = b'{"message_uuid":"u1"}'
        said = {"payload_hash": hashlib.sha256(body).hexdigest()} | claims
        key = more.get("key", SECRET * 2)
        token = jwt.encode(said, key, algorithm=more.get("algorithm", "HS256"))
        webhook = a_request(HOOK, body, {"authorization": f"Bearer {token}"})
        assert is_let_in(VONAGE_MESSAGES, webhook, signature_secret=SECRET * 2) is good


class TestSinch:
    """OpenSSL is the other side."""

    def test_the_older_signature_over_the_body_is_let_in(self) -> None:
        body = b'{"type":"mo_text"}'
        command = ["openssl", "dgst", "-sha1", "-hmac", SECRET, "-r"]
        shown = (
            subprocess.run(command, input=body, capture_output=True, check=True).stdout.split()[0].decode()
        )
        assert is_let_in(SINCH, a_request(HOOK, body, {"x-sinch-signature": shown}))
        assert not is_let_in(SINCH, a_request(HOOK, body + b" ", {"x-sinch-signature": shown}))

    def test_a_wrong_signature_is_not_made_good_by_the_secret_in_the_address(self) -> None:
        webhook = a_request(f"{HOOK}?secret={SECRET}", b"{}", {"x-sinch-signature": "0" * 40})
        assert not is_let_in(SINCH, webhook)
        assert is_let_in(SINCH, a_request(f"{HOOK}?secret={SECRET}", b"{}", {}))

    def test_nonce_and_time_are_part_of_what_is_signed(self) -> None:
        webhook = SINCH.webhook(samples.sinch())
        for name in ("nonce", "timestamp"):
            changed = dict(webhook.headers) | {f"x-sinch-webhook-signature-{name}": "1"}
            assert not is_let_in(SINCH, a_request(webhook.url, webhook.body, changed))


@pytest.mark.parametrize("provider", [KALEYRA, INFOBIP, SINCH], ids=lambda each: each.kind)
class TestSecretsThatTravel:
    """Providers that do not sign bring a secret instead."""

    @pytest.mark.parametrize(
        ("headers", "user", "good"),
        [
            ({"authorization": "Basic dXNlcjphLXNlY3JldC1vZi10aGlydHktdHdvLWNoYXJhY3RlcnMh"}, "", True),
            ({"authorization": "Basic dXNlcjphLXNlY3JldC1vZi10aGlydHktdHdvLWNoYXJhY3RlcnMh"}, "user", True),
            ({"authorization": "Basic dXNlcjphLXNlY3JldC1vZi10aGlydHktdHdvLWNoYXJhY3RlcnMh"}, "me", False),
            ({"authorization": f"Bearer {SECRET}"}, "", True),
            ({"x-api-key": SECRET}, "", True),
            ({"x-api-key": SECRET[:-1]}, "", False),
            ({"authorization": SECRET}, "", False),
        ],
    )
    def test_it_may_come_where_the_provider_can_put_it(
        self, provider: Provider, headers: dict[str, str], user: str, good: bool
    ) -> None:
        assert is_let_in(provider, a_request(HOOK, b"{}", headers), callback_user=user) is good

    def test_a_part_of_it_is_not_enough(self, provider: Provider) -> None:
        for part in ("", SECRET[:-1], f"{SECRET}x", SECRET.upper()):
            assert not is_let_in(provider, a_request(f"{HOOK}?secret={part}", b"{}", {}))
