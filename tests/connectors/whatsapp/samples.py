"""Bodies as Meta documents them, for people and numbers that do not exist."""

import json
import subprocess
from datetime import UTC, datetime
from typing import Any

from connectors.contract import Webhook
from connectors.events import Event
from connectors.whatsapp import KIND
from connectors.whatsapp.connector import WhatsApp

NUMBER_ID = "990000000000001"
ANA = {"wa_id": "16505550101", "user_id": "US.77001", "profile": {"name": "Ana", "username": "@ana"}}
BEN = {"wa_id": "390612345678", "user_id": "IT.77002", "profile": {"name": "Ben"}}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

SETTINGS = {
    "phone_number_id": NUMBER_ID,
    "access_token": "EAA-token",
    "app_secret": "hush",
    "verify_token": "open-sesame",
    "api_base": "https://graph.invalid",
    "api_version": "v26.0",
    "waba_id": "",
}


def a_connector(http: Any = None, **more: str) -> WhatsApp:
    connector = KIND.connect(SETTINGS | more, http=http, clock=lambda: NOW)
    assert isinstance(connector, WhatsApp)
    return connector


def a_message(kind: str = "text", said: Any = None, **more: Any) -> dict[str, Any]:
    """A message of Ana's; `said` is the object of its type."""
    said = {"body": "Hi"} if kind == "text" and said is None else said
    frame = {"from": "16505550101", "id": "wamid.A1", "timestamp": "1749416383", "type": kind}
    return {key: value for key, value in (frame | {kind: said} | more).items() if value is not None}


def a_value(**arrays: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER_ID}
    return {"messaging_product": "whatsapp", "metadata": metadata} | arrays


def a_body(*values: Any, field: Any = "messages") -> dict[str, Any]:
    changes = [{"field": field, "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "waba", "changes": changes}]}


def a_webhook(body: Any, **headers: str) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(method="POST", url="https://parley.test/hooks/wa", headers=headers, query={}, body=raw)


def parsed(*messages: Any, contacts: Any = (ANA,), **arrays: Any) -> list[Event]:
    """What the connector makes of these messages in one value."""
    value = a_value(contacts=list(contacts), messages=list(messages), **arrays)
    return a_connector().parse(a_webhook(a_body(value)))


def openssl_signature(body: bytes, secret: str) -> str:
    """The header as OpenSSL's own program computes it, so that no mistake of ours is on both sides."""
    found = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", secret, "-hex"], input=body, capture_output=True, check=True
    )
    return "sha256=" + found.stdout.decode().split()[-1]
