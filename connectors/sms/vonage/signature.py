"""Vonage's two signatures.

SMS webhooks carry `sig` among their fields: https://developer.vonage.com/en/getting-started/concepts/signing-messages
Messages webhooks carry a JSON Web Token: https://developer.vonage.com/en/getting-started/concepts/webhooks
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connectors.contract import Webhook
from connectors.tolerant import Json, Malformed, decode, number, text

METHODS = ("hmac", "md5hash", "md5", "sha1", "sha256", "sha512")
_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
"""The HMAC's hash by the number of its hexadecimal digits."""
_LEEWAY = 300.0
"""Seconds by which our clock and Vonage's may differ."""


def is_signed(pairs: Iterable[tuple[str, str]], secret: bytes, method: str = "hmac") -> bool:
    """Whether the fields carry the signature that their names and values have.

    `method` ``hmac`` takes every HMAC that Vonage offers; ``md5hash`` is the older digest of the fields with
    the secret behind them, and is taken only if it was asked for.
    """
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    given = fields.pop("sig", "").lower().encode("utf-8", "surrogatepass")
    name = _BY_LENGTH.get(len(given), "sha256") if method == "hmac" else method
    return hmac.compare_digest(given, signature(fields, secret, name).encode()) and bool(secret)


def signature(fields: dict[str, str], secret: bytes, method: str) -> str:
    """The signature in hexadecimal. What separates fields is replaced in values, so it cannot be forged."""
    joined = "".join(
        f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in sorted(fields.items())
    ).encode("utf-8", "surrogatepass")
    if method == "md5hash":
        return hashlib.md5(joined + secret, usedforsecurity=False).hexdigest()
    return hmac.digest(secret, joined, method).hex()


def is_token_good(webhook: Webhook, secret: bytes, now: datetime) -> bool:
    """Whether the bearer token was signed with the secret, is of our time, and is about this very body."""
    scheme, _, token = webhook.headers.get("authorization", "").strip().partition(" ")
    head, _, rest = token.strip().partition(".")
    said, _, mark = rest.partition(".")
    signed = f"{head}.{said}".encode("utf-8", "surrogatepass")
    expected = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
    given = mark.rstrip("=").encode("utf-8", "surrogatepass")
    is_ours = hmac.compare_digest(given, expected) and bool(secret) and scheme.lower() == "bearer"
    if not is_ours or text(_section(head), "alg") != "HS256":
        return False
    claims = _section(said)
    return _is_current(claims, now.timestamp()) and _is_about(claims, webhook.body)


def _is_current(claims: Json, now: float) -> bool:
    until, since = number(claims, "exp"), number(claims, "nbf")
    return (until is None or now <= until + _LEEWAY) and (since is None or now >= since - _LEEWAY)


def _is_about(claims: Json, body: bytes) -> bool:
    """A token without a digest of the body would fit any body, so only an empty one may go without."""
    claimed = text(claims, "payload_hash")
    if claimed is None:
        return not body
    actual = hashlib.sha256(body).hexdigest()
    return hmac.compare_digest(claimed.lower().encode("utf-8", "surrogatepass"), actual.encode())


def _section(encoded: str) -> Json:
    """A part of the token; empty if it is no JSON object."""
    padded = encoded.encode("utf-8", "surrogatepass") + b"=" * (-len(encoded) % 4)
    try:
        said: Any = decode(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, Malformed):
        return {}
    return said if isinstance(said, dict) else {}
