"""The audit log: one entry for each deed, each holding the hash of the one before, and a signed end. Pure.

Entries hold ids, never words: no name, number or text of a customer, no secret. So an erasure leaves them be.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from inbox.model.secrets import are_same, derived

Value = str | int | float | bool | list[str] | None
Values = dict[str, Value]

START = "0" * 64
"""What the first entry holds as the hash of the one before."""

_LONGEST = 200
_MOST = 40
_TEXTS = frozenset({"text", "steps", "questions", "conditions", "words"})
"""Fields with texts; an entry holds a mark of them, by which another text is another."""

_UNTOLD = frozenset({"id", "updated_at", "created_at", "password_hash"})
_SECRET = ("password", "secret", "token", "hash", "csrf", "totp", "recovery", "key")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One deed."""

    id: int
    """Its place in the log: 1, 2, 3 and so on, without a gap."""
    at: datetime
    kind: str
    """Who did it: ``user``, ``token``, ``system``, or ``nobody`` whom we know."""
    by: str
    """The user's or token's id."""
    name: str
    """What that user or token was called."""
    address: str = ""
    """The network address that they came from."""
    program: str = ""
    """Their browser or program, as it calls itself."""
    what: str
    """A noun and a past participle, such as ``user.added``."""
    target: str = ""
    """What it was done to, such as ``channel:shop``."""
    before: Values = {}
    after: Values = {}
    prior: str
    """The hash of the entry before."""
    hash: str
    """SHA-256 of all of the above as canonical JSON."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the log, signed, so that nobody can cut it without the secret key."""

    id: str = "head"
    seq: int
    hash: str
    signature: str


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """Where a log stops being the one that was written."""

    seq: int
    reason: str


def plain(entry: Entry) -> dict[str, Any]:
    """An entry as JSON has it: its place is `seq`, its time is in UTC to the millisecond."""
    fields: dict[str, Any] = msgspec.to_builtins(entry)
    moment = entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"seq": fields.pop("id"), **fields, "at": moment}


def hash_of(entry: Entry) -> str:
    """SHA-256 of `plain` without the hash: keys sorted, UTF-8, no spaces."""
    bare = plain(entry)
    del bare["hash"]
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def chained(entry: Entry, seq: int, prior: str) -> Entry:
    """The entry in its place."""
    at = msgspec.structs.replace(entry, id=seq, prior=prior, at=_millisecond(entry.at))
    return msgspec.structs.replace(at, hash=hash_of(at))


def audit_key(secret: str) -> bytes:
    """The key that the end of the log is signed with."""
    return derived(secret, "audit")


def signed(seq: int, digest: str, key: bytes) -> Head:
    """The end of the log, signed."""
    return Head(seq=seq, hash=digest, signature=_signature(seq, digest, key))


def is_ours(head: Head, key: bytes) -> bool:
    """Whether the end was signed with this key."""
    return are_same(head.signature, _signature(head.seq, head.hash, key))


def link_break(entry: Entry, seq: int, prior: str) -> Break | None:
    """What is wrong with an entry that should be number `seq` and follow on `prior`; None if nothing is."""
    if entry.id != seq:
        return Break(seq=seq, reason=f"Entry {seq} is missing; the next one that is there is {entry.id}.")
    if entry.prior != prior:
        return Break(seq=seq, reason=f"Entry {seq} does not follow on the entry before it.")
    if hash_of(entry) != entry.hash:
        return Break(seq=seq, reason=f"Entry {seq} was changed after it was written.")
    return None


def end_break(last: int, hashes: Mapping[int, str], head: Head | None, key: bytes) -> Break | None:
    """What is wrong with the end of a log whose entries are sound up to `last`; None if nothing is.

    `hashes` has at least the hash of the entry that the head names, if there is one.
    """
    if head is None:
        return Break(seq=last, reason="The signed end of the log is missing.") if last else None
    if not is_ours(head, key):
        return Break(seq=head.seq, reason="The end of the log is not signed with our secret key.")
    if head.seq > last:
        return Break(seq=last + 1, reason=f"The log was cut: entries {last + 1} to {head.seq} are missing.")
    if head.seq and hashes.get(head.seq) != head.hash:
        return Break(seq=head.seq, reason=f"Entry {head.seq} is not the one that was signed.")
    return None


def overrun_break(last: int, head: Head | None) -> Break | None:
    """What is wrong with a log that goes on to `last`, if its end, read after that, is before it."""
    if head is None or head.seq >= last:
        return None
    return Break(seq=head.seq + 1, reason=f"Entry {head.seq + 1} comes after the signed end of the log.")


def told(value: msgspec.Struct | Mapping[str, Any] | None) -> dict[str, Any]:
    """What an entry may tell of a value: all but its texts and times; of those only that they are others."""
    if value is None:
        return {}
    fields: dict[str, Any] = dict(value) if isinstance(value, Mapping) else msgspec.to_builtins(value)
    kept = {name: each for name, each in fields.items() if name not in _UNTOLD}
    return {name: _mark(each) if name in _TEXTS else each for name, each in kept.items()}


def small(values: Mapping[str, Any] | None) -> Values:
    """Values as an entry holds them: few, short, and nothing whose name says that it is a secret."""
    kept = [(name, value) for name, value in (values or {}).items() if not _is_secret(name)]
    return {name: _short(value) for name, value in kept[:_MOST]}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Values, Values]:
    """What changed, as it was and as it is."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        small({n: before[n] for n in names if n in before}),
        small({n: after[n] for n in names if n in after}),
    )


def _mark(value: Any) -> str:
    return "sha256:" + hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()[:16]


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET)


def _short(value: Any) -> Value:
    bare = msgspec.to_builtins(value)
    if bare is None or isinstance(bare, bool | int | float):
        return bare
    if isinstance(bare, Iterable) and not isinstance(bare, str | dict):
        return [_in_words(one)[:_LONGEST] for one in list(bare)[:_MOST]]
    return _in_words(bare)[:_LONGEST]


def _in_words(value: Any) -> str:
    """A value for people; of what is in it nothing whose name says that it is a secret."""
    if isinstance(value, Mapping):
        return " · ".join(f"{n}: {_in_words(each)}" for n, each in value.items() if not _is_secret(str(n)))
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(map(_in_words, value))
    return str(value)


def _signature(seq: int, digest: str, key: bytes) -> str:
    return hmac.digest(key, f"{seq} {digest}".encode(), hashlib.sha256).hex()


def _millisecond(moment: datetime) -> datetime:
    """As MongoDB keeps it."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
