"""Signed webhooks: each scheme is tried through the `verify` of the connector that has it."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from connectors.errors import BadSettings, WebhookRejected
from connectors.events import MessageReceived
from connectors.registry import KINDS
from tests.conformance.ours import connector, webhook
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees

_SECRETS = (
    *("app_secret", "client_token", "auth_token", "signature_secret", "callback_secret", "webhook_secret"),
    *("secret", "token", "key"),
)

SCHEMES = {
    "x-hub-signature-256": "whatsapp",
    "x-goog-signature": "rcs",
    "x-twilio-signature": "twilio",
    "x-sinch-signature": "sinch",
    "x-sinch-webhook-signature": "sinch",
    "jwt": "vonage",
    "sig": "vonage",
}
"""Which connector knows a scheme, by the header or field that carries the signature."""

HEADERS = {"whatsapp": "X-Hub-Signature-256", "rcs": "X-Goog-Signature", "twilio": "X-Twilio-Signature"}
SETTINGS = {
    "whatsapp": "app_secret",
    "rcs": "client_token",
    "twilio": "auth_token",
    "vonage": "signature_secret",
    "sinch": "callback_secret",
}
"""The setting that holds the secret, by kind of connector."""


def is_mine(vector: Vector) -> bool:
    said = vector.said
    has_secret = any(key in said for key in _SECRETS)
    carries = {"header", "headers", "signature", "sig", "jwt"} & said.keys()
    return has_secret and bool(carries)


def judge(vector: Vector) -> str:
    said = vector.said
    provider = _provider(vector)
    if provider not in KINDS:
        raise CannotJudge(f"no connector for {provider or 'this scheme'} yet")
    wanted = _is_valid(said)
    if wanted is None:
        raise CannotJudge("the vector does not say whether the signature is valid")
    secret = next((said[key] for key in _SECRETS if key in said), None)
    asked = _request(provider, said)
    try:
        ours = connector(provider, **_settings(provider, said, secret or ""))
        ours.verify(asked)
        valid = True
    except (WebhookRejected, BadSettings):
        valid = False
    except Exception as error:
        raise Disagrees(f"raised {type(error).__name__}: {error}") from error
    if wanted and not valid and provider == "vonage" and _is_as_requests_are_signed(said, secret or ""):
        raise CannotJudge(
            "it is signed as Vonage's Node library signs requests, with & and = replaced between fields too; "
            "Vonage's documentation and its other libraries sign webhooks otherwise"
        )
    if valid != wanted:
        raise Disagrees(f"{provider} {_word(valid)} it, the vector wants it {_word(wanted)}")
    _stored(said, ours, asked) if valid else None
    return f"{provider} {_word(valid)}"


def _settings(provider: str, said: Json, secret: str) -> dict[str, str]:
    """The secret, under the connector's own name for it, and what the vector says about the method."""
    settings = {SETTINGS.get(provider, "secret"): secret}
    method = str(said.get("method", said.get("algorithm", ""))).lower().replace("-", "").replace("_", "")
    if provider == "vonage" and "hash" in method and "hmac" not in method:
        settings["signature_method"] = "md5hash"
    if provider == "twilio" and "sha256" in method:
        settings |= {"webhook_key": secret}
    return settings


def _is_as_requests_are_signed(said: Json, secret: str) -> bool:
    params = said.get("params")
    if not isinstance(params, dict) or not isinstance(said.get("sig"), str):
        return False
    joined = urlencode(sorted((name, str(value)) for name, value in params.items()))
    signed = joined.replace("&", "_").replace("=", "_").encode()
    kinds = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
    found = {hashlib.md5(signed + secret.encode()).hexdigest()}
    if name := kinds.get(len(said["sig"])):
        found.add(hmac.new(secret.encode(), signed, name).hexdigest())
    return said["sig"].lower() in found


def _stored(said: Json, ours: Any, asked: Any) -> None:
    expected = said.get("expected")
    wanted = expected.get("stored_messages") if isinstance(expected, dict) else None
    if wanted is None:
        return
    messages = [each for each in ours.parse(asked) if isinstance(each, MessageReceived)]
    if len(messages) != wanted:
        raise Disagrees(f"{len(messages)} messages, the vector has {wanted}")


def _provider(vector: Vector) -> str:
    said = vector.said
    names = [*_headers(said), *said]
    for name in names:
        if str(name).lower() in SCHEMES:
            return SCHEMES[str(name).lower()]
    if "auth_token" in said:
        return "twilio"
    if "client_token" in said:
        return "rcs"
    file = vector.file.rpartition("/")[2].lower()
    near = [kind for kind in (*SETTINGS, *KINDS) if kind in file or kind == vector.folder]
    return near[0] if near else ""


def _headers(said: Json) -> Json:
    found = said.get("headers", said.get("header"))
    return found if isinstance(found, dict) else {}


def _is_valid(said: Json) -> bool | None:
    expected = said.get("expected")
    for place in (said, expected if isinstance(expected, dict) else {}):
        if isinstance(place.get("valid"), bool):
            return bool(place["valid"])
    if isinstance(expected, dict) and isinstance(expected.get("status_code"), int):
        return expected["status_code"] < 300
    return True if "sig" in said or "signature" in said else None


def _request(provider: str, said: Json) -> Any:
    headers: Json = dict(_headers(said))
    given = said.get("header") if isinstance(said.get("header"), str) else said.get("signature")
    if isinstance(given, str) and provider in HEADERS:
        headers[HEADERS[provider]] = given
    url, params = str(said.get("url", "")), said.get("params")
    if provider == "twilio" and "sha256" in str(said.get("algorithm", "")).lower():
        headers["X-Twilio-Webhooks-Signature-Settings"] = "key=k,algorithm=HMAC_SHA256"
    if isinstance(said.get("jwt"), str):
        headers["Authorization"] = f"Bearer {said['jwt']}"
    if isinstance(params, dict):
        params = params | ({"sig": said["sig"]} if "sig" in said else {})
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        return webhook(urlencode(params, doseq=True).encode(), url=url, headers=headers)
    body = said.get("raw_body", said.get("body", ""))
    if not isinstance(body, str):
        body = json.dumps(body)
    if provider == "twilio":
        headers |= {"Content-Type": "application/json"}
    if provider == "sinch" and isinstance(given, str):
        headers |= _of_sinch(said, given)
    return webhook(body.encode(), url=url, headers=headers)


def _of_sinch(said: Json, given: str) -> Json:
    """The newer signature where a nonce stands beside it, else the older."""
    if "nonce" not in said:
        return {"X-Sinch-Signature": given}
    name = "X-Sinch-Webhook-Signature"
    return {name: given, f"{name}-Nonce": said["nonce"], f"{name}-Timestamp": str(said.get("timestamp", ""))}


def _word(valid: bool) -> str:
    return "accepted" if valid else "rejected"
