"""How people and messages are called on both sides.

Google wants a UUID for each message of ours and gives it back in reports. Our ids are 28 hexadecimal digits,
112 bits; a UUID has room for 122. So the UUID holds our id, and no table is needed to find it again.
"""

import re
from functools import lru_cache

from connectors.events import Identity, IdentityKind
from connectors.tolerant import Malformed

_OURS = re.compile(r"[0-9a-f]{28}")
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_UUID = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-4([0-9a-f]{3})-b([0-9a-f]{3})-5a([0-9a-f]{10})")
_NUMBER = re.compile(r"\+?([0-9]{4,20})")
_DRESSING = str.maketrans("", "", " -()\u00a0")
EVENT = "event:"
"""Before the id of what is no message in our `external_id`: it cannot be marked as read."""


@lru_cache(maxsize=131_072)
def phone(written: str) -> Identity:
    """The identity of a customer's number, which some carriers write without its plus. Raises `Malformed`."""
    found = _NUMBER.fullmatch(written if len(written) > 64 else written.translate(_DRESSING))
    if found is None:
        raise Malformed("the customer's number is no phone number")
    return Identity(IdentityKind.PHONE, f"+{found[1]}")


def external_id(number: str, message_id: str) -> str:
    """Clients count on nobody else's ids: a message is unique by its sender and its id together."""
    return f"{number}:{message_id}"


def taken_apart(external_id: str) -> tuple[str, str | None]:
    """The number and the message id; the latter is None for what is no message. Raises `ValueError`."""
    number, _, message_id = external_id.partition(":")
    if not _NUMBER.fullmatch(number) or not message_id:
        raise ValueError("no message of a customer's")
    return number, None if message_id.startswith(EVENT) else message_id


def as_uuid(message_id: str) -> str:
    """Our id as a UUID of RFC 4122; one of another form travels as it is."""
    if not _OURS.fullmatch(message_id):
        return message_id
    first, second, third, fourth, rest = (
        message_id[start:end] for start, end in ((0, 8), (8, 12), (12, 15), (15, 18), (18, 28))
    )
    return f"{first}-{second}-4{third}-b{fourth}-5a{rest}"


def as_ours(message_id: str) -> str | None:
    """Our id of the message that a report is about; None for one that we cannot have given."""
    if found := _UUID.fullmatch(message_id):
        return "".join(found.groups())
    return message_id if _PLAIN.fullmatch(message_id) else None
