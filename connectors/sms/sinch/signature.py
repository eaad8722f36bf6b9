"""Sinch's two signatures over callbacks.

`X-Sinch-Webhook-Signature`: Base64 of HMAC-SHA256 over body, nonce and time, joined by dots.
`X-Sinch-Signature`: hexadecimal HMAC-SHA1 over the body alone.
"""

import base64
import hmac

from connectors.contract import Webhook

NEW, OLD = "x-sinch-webhook-signature", "x-sinch-signature"


def is_signed(webhook: Webhook) -> bool:
    """Whether the callback carries a signature at all, right or wrong."""
    return NEW in webhook.headers or OLD in webhook.headers


def is_signature_good(webhook: Webhook, secret: bytes) -> bool:
    """Whether the signature that the callback carries is the right one; the new one counts before the old."""
    if NEW in webhook.headers:
        nonce = _bytes(webhook.headers.get(f"{NEW}-nonce", ""))
        at = _bytes(webhook.headers.get(f"{NEW}-timestamp", ""))
        digest = hmac.digest(secret, b".".join((webhook.body, nonce, at)), "sha256")
        is_good = hmac.compare_digest(_bytes(webhook.headers[NEW]), base64.b64encode(digest))
        return is_good and bool(secret and nonce and at)
    digest = hmac.digest(secret, webhook.body, "sha1")
    given = _bytes(webhook.headers.get(OLD, "").lower())
    return hmac.compare_digest(given, digest.hex().encode()) and bool(secret)


def _bytes(given: str) -> bytes:
    return given.encode("utf-8", "surrogatepass")
