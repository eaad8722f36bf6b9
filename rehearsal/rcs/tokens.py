"""Google's sign-in: a service account's signed assertion for a token (RFC 7523)."""

import base64
import binascii
import json
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SCOPE = "https://www.googleapis.com/auth/rcsbusinessmessaging"
LASTS = 3599


class Doorkeeper:
    """Gives tokens to those whose keys it knows, and knows the tokens it gave."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, float]] = {}

    def admit(self, assertion: str, path: str, keys: list[str]) -> str | None:
        """A token for who signed the assertion with one of these key files for this address; else None."""
        try:
            signed, _, signature = assertion.rpartition(".")
            claims = json.loads(_decoded(signed.partition(".")[2]))
            key = next(key for key in map(key_file, keys) if key and key["client_email"] == claims["iss"])
            private = load_pem_private_key(key["private_key"].encode(), None)
            assert isinstance(private, RSAPrivateKey)
            public = private.public_key()
            public.verify(_decoded(signature), signed.encode(), padding.PKCS1v15(), SHA256())
            is_for_us = urlsplit(claims["aud"]).path == path and SCOPE in claims["scope"].split()
            is_fresh = claims["exp"] > time.time() - 60
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            AssertionError,
            InvalidSignature,
            StopIteration,
        ):
            return None
        if not is_for_us or not is_fresh:
            return None
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self._given[token] = (key["client_email"], time.time() + LASTS)
        return token

    def knows(self, token: str, setting: str) -> bool:
        """Whether the token is good for the agent with this service account, or is the one it was set."""
        key = key_file(setting)
        if key is None:
            return bool(token) and secrets.compare_digest(token.encode(), setting.strip().encode())
        email, until = self._given.get(token, ("", 0.0))
        return bool(email) and email == key.get("client_email") and until > time.time()


def key_file(setting: str) -> dict[str, Any] | None:
    """The key file in a channel's setting; None if it is a token."""
    try:
        found = json.loads(setting)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError from error
