"""What Google wraps a webhook in, and how it proves that it did.

https://developers.google.com/business-communications/rcs-business-messaging/guides/integrate/webhooks

The event travels as Base64 in ``message.data``, and the signature is over the bytes in it, never over the
envelope: nothing else of the envelope may be believed.
"""

import base64
import binascii
import hmac
from typing import Any

import msgspec

from connectors.tolerant import Json, Malformed, decode, section

_STANDARD = bytes.maketrans(b"-_", b"+/")


class _Message(msgspec.Struct):
    data: str | None = None
    attributes: Any = None


class _Envelope(msgspec.Struct):
    message: _Message | None = None


class Letter(msgspec.Struct, frozen=True):
    """What was in an envelope: the signed bytes, and attributes that nobody signed."""

    data: bytes
    attributes: Json


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def opened(body: bytes) -> Letter | None:
    """What is in Google's envelope; None if the body is none. Raises nothing."""
    try:
        found = _ENVELOPE.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _opened_slowly(body)
    if found.message is None or found.message.data is None:
        return None
    return _letter(found.message.data, found.message.attributes)


def _opened_slowly(body: bytes) -> Letter | None:
    try:
        return enclosed(decode(body))
    except Malformed:
        return None


def enclosed(whole: Any) -> Letter | None:
    """What is in an envelope that is decoded already; None if it is none."""
    message = section(whole, "message") if type(whole) is dict else {}
    data = message.get("data")
    return _letter(data, message.get("attributes")) if type(data) is str else None


def _letter(data: str, attributes: Any) -> Letter | None:
    raw = unpacked(data)
    return None if raw is None else Letter(raw, attributes if type(attributes) is dict else {})


def unpacked(data: str) -> bytes | None:
    """The bytes in standard or URL-safe Base64, with or without padding; None if it is neither."""
    try:
        given = data.encode("ascii").translate(_STANDARD, b" \t\r\n")
        return base64.b64decode(given.rstrip(b"=") + b"=" * (-len(given.rstrip(b"=")) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None


def is_signed(data: bytes, signature: str, key: bytes) -> bool:
    """Whether Google signed these bytes with the channel's client token. Constant in time."""
    expected = base64.b64encode(hmac.digest(key, data, "sha512"))
    return hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), expected) and bool(key)
