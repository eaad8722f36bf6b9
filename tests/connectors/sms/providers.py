"""The SMS providers' side of a webhook, written from their documentation and without a line of ours.

`Provider.webhook` gives a request as the provider would send it, signed as the provider signs.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from connectors.contract import Webhook

HOOK = "https://parley.test/hooks/sms"
SECRET = "a-secret-of-thirty-two-characters!"


@dataclass
class Provider:
    """One provider. `sign` gives the headers and the address for a body that is about to be sent."""

    kind: str
    settings: dict[str, str]
    sign: Callable[[str, bytes], tuple[str, dict[str, str]]]
    as_form: bool = False
    signed_within: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    more: dict[str, str] = field(default_factory=dict)

    def webhook(self, said: Any, *, url: str = HOOK) -> Webhook:
        """The request that says `said`: fields of a form, a JSON value, or bytes as they are."""
        if isinstance(said, bytes):
            body, content_type = said, "application/json"
        elif self.as_form:
            fields = self.signed_within(said) if self.signed_within else said
            body, content_type = urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            body, content_type = json.dumps(said).encode(), "application/json"
        url, headers = self.sign(url, body)
        return a_request(url, body, headers | {"content-type": content_type})


def a_request(url: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Webhook:
    """A request as the inbox hands it to a connector."""
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    return Webhook(method=method, url=url, headers=headers, query=query, body=body)


def by_twilio(url: str, body: bytes) -> tuple[str, dict[str, str]]:
    """Signed by Twilio's own library."""
    signer = RequestValidator(SECRET)
    if body[:1] in (b"{", b"[") or not body.isascii():
        url = f"{url}{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(body).hexdigest()}"
        return url, {"x-twilio-signature": signer.compute_signature(url, {})}
    fields = MultiDict(parse_qsl(body.decode(), keep_blank_values=True))
    return url, {"x-twilio-signature": signer.compute_signature(url, fields)}


def by_token(url: str, body: bytes) -> tuple[str, dict[str, str]]:
    """A Messages webhook of Vonage's, its token made by PyJWT."""
    claims = {"iss": "Vonage", "iat": 1700000000, "payload_hash": hashlib.sha256(body).hexdigest()}
    return url, {"authorization": f"Bearer {jwt.encode(claims, SECRET, algorithm='HS256')}"}


def with_sig(fields: dict[str, Any], method: str = "sha256") -> dict[str, Any]:
    """The fields of an SMS webhook of Vonage's with `sig` among them."""
    joined = "".join(f"&{k}={str(v).replace('&', '_').replace('=', '_')}" for k, v in sorted(fields.items()))
    return fields | {"sig": hmac.new(SECRET.encode(), joined.encode(), method).hexdigest()}


def by_sinch(url: str, body: bytes) -> tuple[str, dict[str, str]]:
    """A callback of Sinch's, with nonce and time."""
    signed = body + b".01FJA8B4A7BM43YGWSG9GBV067.1634579353"
    digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    return url, {
        "x-sinch-webhook-signature": digest,
        "x-sinch-webhook-signature-nonce": "01FJA8B4A7BM43YGWSG9GBV067",
        "x-sinch-webhook-signature-timestamp": "1634579353",
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }


def with_the_secret(url: str, body: bytes) -> tuple[str, dict[str, str]]:
    """Unsigned: the secret stands in the address."""
    return f"{url}{'&' if '?' in url else '?'}secret={SECRET}", {}


def unsigned(url: str, body: bytes) -> tuple[str, dict[str, str]]:
    return url, {}


TWILIO = Provider(
    "twilio",
    {"account_sid": "AC0123", "auth_token": SECRET, "from": "+15550100200"},
    by_twilio,
    as_form=True,
)
TWILIO_WHATSAPP = Provider(
    "twilio", TWILIO.settings | {"from": "whatsapp:+15550100200"}, by_twilio, as_form=True
)
TWILIO_EVENTS = Provider("twilio", TWILIO.settings, by_twilio)
VONAGE = Provider(
    "vonage",
    {"api_key": "abcd1234", "api_secret": "vonage-secret", "signature_secret": SECRET, "from": "15550100200"},
    unsigned,
    as_form=True,
    signed_within=with_sig,
)
VONAGE_MESSAGES = Provider("vonage", VONAGE.settings | {"api": "messages"}, by_token)
INFOBIP = Provider(
    "infobip",
    {"api_key": "infobip-key", "callback_secret": SECRET, "from": "+15550100200"},
    with_the_secret,
)
SINCH = Provider(
    "sinch",
    {
        "service_plan_id": "plan1",
        "api_token": "sinch-token",
        "callback_secret": SECRET,
        "from": "15550100200",
    },
    by_sinch,
)
KALEYRA = Provider(
    "kaleyra",
    {"sid": "HX0123", "api_key": "kaleyra-key", "callback_secret": SECRET, "sender": "+15550100200"},
    with_the_secret,
)
KALEYRA_WHATSAPP = Provider(
    "kaleyra", KALEYRA.settings | {"channel": "whatsapp"}, with_the_secret, as_form=True
)

PROVIDERS = {
    "twilio": TWILIO,
    "twilio-whatsapp": TWILIO_WHATSAPP,
    "twilio-events": TWILIO_EVENTS,
    "vonage": VONAGE,
    "vonage-messages": VONAGE_MESSAGES,
    "infobip": INFOBIP,
    "sinch": SINCH,
    "kaleyra": KALEYRA,
    "kaleyra-whatsapp": KALEYRA_WHATSAPP,
}
