"""Twilio's signature over a webhook: https://www.twilio.com/docs/usage/webhooks/webhooks-security

Base64 of HMAC-SHA1 with the auth token over the address as Twilio called it, followed, for a form, by every
name in order with each of its distinct values in order. A body that is no form is signed by its SHA-256,
which stands in the query as ``bodySHA256``. Who has made a shared key for webhooks gets HMAC-SHA256 with that
key instead, which a header of its own tells.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from connectors.contract import Webhook

_PORTS = {"http": 80, "https": 443}
_MOST_FIELDS = 1000


def is_signed(webhook: Webhook, token: bytes, shared_key: bytes = b"") -> bool:
    """Whether Twilio signed exactly this request. Takes the same time whatever is wrong with it.

    `shared_key` is the secret of the account's key for webhooks; without one everything is signed by `token`.
    """
    algorithm = _algorithm(webhook.headers.get("x-twilio-webhooks-signature-settings", ""))
    key = shared_key if algorithm == "sha256" and shared_key else token
    given = webhook.headers.get("x-twilio-signature", "").encode("utf-8", "surrogatepass")
    digest = _query_value(webhook.url, "bodySHA256")
    if digest is None or "form" in webhook.headers.get("content-type", ""):
        pairs = _fields(webhook.body)
        is_whole = pairs is not None
        rest = _in_order(pairs or [])
    else:
        claimed = digest.lower().encode("utf-8", "surrogatepass")
        is_whole = hmac.compare_digest(hashlib.sha256(webhook.body).hexdigest().encode(), claimed)
        rest = b""
    is_known = False
    for url in _spellings(webhook.url):
        is_known |= hmac.compare_digest(given, signature(url, rest, key, algorithm or "sha1"))
    return is_known and is_whole and bool(key) and algorithm is not None


def signature(url: str, fields: bytes, key: bytes, algorithm: str = "sha1") -> bytes:
    """The signature over an address and what follows it."""
    signed = url.encode("utf-8", "surrogatepass") + fields
    return base64.b64encode(hmac.digest(key, signed, algorithm))


def _algorithm(written: str) -> str | None:
    """The hash that ``key=…,algorithm=HMAC_SHA256`` names; SHA-1 if it names none, None if it is unknown."""
    for part in written.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}.get(value.strip().upper())
    return "sha1"


def _in_order(pairs: list[tuple[str, str]]) -> bytes:
    distinct = sorted(set(pairs))
    return "".join(name + value for name, value in distinct).encode("utf-8", "surrogateescape")


def _fields(body: bytes) -> list[tuple[str, str]] | None:
    """The form's fields byte for byte; None if nobody would send so many."""
    text = body.decode("utf-8", "surrogateescape")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None


def _query_value(url: str, name: str) -> str | None:
    _, _, query = url.partition("?")
    found = re.search(rf"(?:^|&){name}=([^&#]*)", query)
    return found[1] if found else None


def _spellings(url: str) -> Iterator[str]:
    """The address with and without a port, as Twilio's own libraries try it."""
    yield url
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return
    if not host:
        return
    user, at, place = parts.netloc.rpartition("@")
    bare = re.sub(r":\d+$", "", place)
    netloc = bare if port else f"{bare}:{_PORTS.get(parts.scheme, 443)}"
    other = urlunsplit(parts._replace(netloc=f"{user}{at}{netloc}"))
    yield other
    if "'" in url:  # some of Twilio's senders escape an apostrophe, some do not
        yield url.replace("'", "%27")
        yield other.replace("'", "%27")
