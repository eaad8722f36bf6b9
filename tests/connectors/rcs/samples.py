"""Events as Google and the carriers document them, for people and agents that do not exist."""

import base64
import functools
import json
import subprocess
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.contract import Webhook
from connectors.events import Event
from connectors.rcs import KIND
from connectors.rcs.connector import Rcs
from connectors.registry import complete

AGENT = "shop_agent@rbm.goog"
TOKEN = "TOKENOFTHEWEBHOOK"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANA = "+16505550101"
FRAME = {
    "senderPhoneNumber": ANA,
    "messageId": "MxA1",
    "sendTime": "2026-11-22T11:59:58.5Z",
    "agentId": AGENT,
}
SETTINGS = {"agent_id": AGENT, "client_token": TOKEN, "service_account": "a-gateway-token"}


def a_connector(http: Any = None, **more: str) -> Rcs:
    connector = KIND.connect(complete(KIND, SETTINGS | more), http=http, clock=lambda: NOW)
    assert isinstance(connector, Rcs)
    return connector


def a_webhook(body: Any, query: dict[str, str] | None = None, **headers: str) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(
        method="POST", url="https://parley.test/hooks/rcs", headers=headers, query=query or {}, body=raw
    )


def an_envelope(inner: Any, **attributes: str) -> dict[str, Any]:
    """Google's envelope around an event, or around bytes that are none."""
    data = inner if isinstance(inner, bytes) else json.dumps(inner).encode()
    message: dict[str, Any] = {"data": base64.b64encode(data).decode(), "messageId": "77"}
    return {
        "message": message | ({"attributes": attributes} if attributes else {}),
        "subscription": "projects/p",
    }


def parsed(body: Any) -> list[Event]:
    return a_connector().parse(a_webhook(body))


def received(**said: Any) -> list[Event]:
    """What becomes of an event of Ana's, in Google's envelope; a field that is None is left out."""
    item = {key: value for key, value in (FRAME | said).items() if value is not None}
    return parsed(an_envelope(item))


def openssl_signature(data: bytes, token: str = TOKEN) -> str:
    """The header as OpenSSL's own program computes it, so that no mistake of ours is on both sides."""
    found = subprocess.run(
        ["openssl", "dgst", "-sha512", "-hmac", token, "-binary"], input=data, capture_output=True, check=True
    )
    return base64.b64encode(found.stdout).decode()


@functools.cache
def a_key(token_uri: str = "https://oauth2.googleapis.com/token") -> str:
    """A service account's key file that opens nothing."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "shop",
            "private_key_id": "k1",
            "private_key": _pem(),
            "client_email": "rbm@shop.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": token_uri,
        }
    )


@functools.cache
def _pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode()
