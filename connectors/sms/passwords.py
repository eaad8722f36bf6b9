"""Webhooks of providers that do not sign: they must bring a secret that only the provider was told.

It may stand in the address (``/hooks/shop?secret=…``), be the password of basic authentication, a bearer
token, or a header of its own, whichever the provider can be set to. All are compared in constant time.
"""

import base64
import binascii
import hmac
from collections.abc import Iterator

from connectors.contract import Webhook
from connectors.errors import WebhookRejected

IN_THE_ADDRESS = ("secret", "token")
HEADERS = ("x-api-key", "x-callback-secret", "api-key")


def demand(webhook: Webhook, secret: bytes, provider: str, *, user: str = "") -> None:
    """Raise `WebhookRejected` unless the webhook brings the secret.

    If `user` is set, basic authentication must name that user too.
    """
    known = False
    for given in _given(webhook, user):
        known |= hmac.compare_digest(given, secret)
    if not known or not secret:
        raise WebhookRejected(f"The webhook does not bring the secret that {provider} was told.")


def _given(webhook: Webhook, user: str) -> Iterator[bytes]:
    for name in IN_THE_ADDRESS:
        yield _bytes(webhook.query.get(name, ""))
    for name in HEADERS:
        yield _bytes(webhook.headers.get(name, ""))
    scheme, _, rest = webhook.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        yield _bytes(rest.strip())
    if scheme.lower() == "basic":
        yield _password(rest.strip(), user)


def _password(encoded: str, user: str) -> bytes:
    """The password; empty if it is another user's."""
    try:
        name, _, password = base64.b64decode(_bytes(encoded), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return b""
    return password if not user or hmac.compare_digest(name, user.encode()) else b""


def _bytes(given: str) -> bytes:
    return given.encode("utf-8", "surrogatepass")
