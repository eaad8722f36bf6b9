"""The erasure of a person: what is known of it while it runs, and the certificate that it leaves."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """All by which somebody's traces are found. Kept only until they are gone."""

    contact_ids: tuple[str, ...]
    """The contact, and all that were merged into it."""
    conversation_ids: tuple[str, ...]
    external_keys: tuple[str, ...] = ()
    """What providers call their messages."""
    values: tuple[str, ...] = ()
    """Their numbers and provider's ids, as they stand in texts."""


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure. Once it is done, nothing in it tells who it was, except to one who knows an address."""

    id: str
    asked_at: datetime
    by: str
    reason: str
    fingerprints: tuple[str, ...]
    """`fingerprint` of each identity, to prove later that a given address was erased."""
    person: Person | None = None
    """What is still to be erased; None once all is gone."""
    done_at: datetime | None = None
    erased: dict[str, int] = {}
    """How many documents of each collection were erased."""
    certificate: str | None = None
    """SHA-256 over all of the above, of an erasure that is done."""


def fingerprint(salt: bytes, identity_key: str) -> str:
    """What stands for an address that must not be kept: HMAC-SHA-256 by this installation's salt."""
    return hmac.digest(salt, identity_key.encode(), hashlib.sha256).hex()[:40]


def finished(erasure: Erasure, erased: Mapping[str, int], now: datetime) -> Erasure:
    """The erasure with its certificate, and without what would tell who it was."""
    done = msgspec.structs.replace(erasure, person=None, done_at=now, erased=dict(erased), certificate=None)
    return msgspec.structs.replace(done, certificate=certificate_of(done))


def certificate_of(erasure: Erasure) -> str:
    """SHA-256 of the erasure as canonical JSON: sorted keys, times in UTC to the second, no certificate."""
    times = {"asked_at": _second(erasure.asked_at), "done_at": erasure.done_at and _second(erasure.done_at)}
    bare = msgspec.structs.replace(erasure, certificate=None, **times)
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
