"""The erasure of a person: what is known of it while it runs, and the certificate that it leaves."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

_SHORTEST = 3
"""No address is so short; what is would be found everywhere."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """All by which somebody's traces are found. Kept only until they are gone."""

    contact_ids: tuple[str, ...]
    """The contact, and all that were merged into it."""
    conversation_ids: tuple[str, ...]
    external_keys: tuple[str, ...] = ()
    """What providers call their messages."""
    values: tuple[str, ...] = ()
    """Their numbers, provider's ids and addresses of mail, as they stand in texts."""
    names: tuple[str, ...] = ()
    """What they are called, where that is more than one word: of a single one nobody knows whose it is."""


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
    held: tuple[str, ...] = ()
    """What no program may take away had their address or name in it when this was done, and must be put right
    by people: `data:FILE` of what the bot is taught, `data:EDITION:FILE`, `model:ID`."""
    certificate: str | None = None
    """SHA-256 over all of the above, of an erasure that is done."""


def fingerprint(salt: bytes, identity_key: str) -> str:
    """What stands for an address that must not be kept: HMAC-SHA-256 by this installation's salt."""
    return hmac.digest(salt, identity_key.encode(), hashlib.sha256).hex()[:40]


def mentions(person: Person, *, by_name: bool = False) -> re.Pattern[str] | None:
    """What finds the person's addresses in a text, numbers also where they are grouped; None without any."""
    wanted = [_written(value) for value in person.values if len(value) > _SHORTEST]
    if by_name:
        names = (r"\s+".join(re.escape(word) for word in name.split()) for name in person.names)
        wanted += [rf"(?<!\w){name}(?!\w)" for name in names]
    return re.compile("|".join(wanted), re.IGNORECASE) if wanted else None


def _written(value: str) -> str:
    bare = value.lstrip("+")
    written = r"[ ().\-]{0,2}".join(bare) if bare.isdecimal() else re.escape(bare)
    return rf"(?<!\d){written}(?!\d)"


def finished(erasure: Erasure, held: Iterable[str], now: datetime) -> Erasure:
    """The erasure with its certificate, and without what would tell who it was."""
    done = msgspec.structs.replace(erasure, person=None, done_at=now, held=tuple(held), certificate=None)
    return msgspec.structs.replace(done, certificate=certificate_of(done))


def certificate_of(erasure: Erasure) -> str:
    """SHA-256 of the erasure as canonical JSON: sorted keys, times in UTC to the second, no certificate, and
    `held` only where there is something."""
    times = {"asked_at": _second(erasure.asked_at), "done_at": erasure.done_at and _second(erasure.done_at)}
    bare = msgspec.structs.replace(erasure, certificate=None, **times)
    fields = {name: value for name, value in msgspec.structs.asdict(bare).items() if name != "held" or value}
    return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
