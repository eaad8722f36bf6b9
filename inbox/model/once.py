"""What was asked once, and is not to be done twice: a request under its `Idempotency-Key`."""

import hashlib
from datetime import datetime, timedelta

import msgspec

KEPT = timedelta(hours=24)
"""How long the answer to a key is remembered."""

LEASE = timedelta(minutes=2)
"""After which a request that was never answered is held to be dead, and may be made again."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request under a key. Without a `status` it is being answered, by `owner` and until `until`."""

    id: str
    fingerprint: str
    owner: str
    at: datetime
    until: datetime
    status: int | None = None
    kind: str = ""
    body: str = ""
    """The answer, sealed."""
    about: tuple[str, ...] = ()
    """Ids of whom and what the answer may tell of: it goes when they are erased."""

    @property
    def made_id(self) -> str:
        """The id of what the request makes, the same each time that it is tried."""
        return f"{int(self.at.timestamp() * 1000):012x}{self.id[:16]}"


def asked_id(principal_id: str, key: str) -> str:
    """Under which a principal's key is kept: one never meets another's."""
    return hashlib.sha256(f"{principal_id}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()
