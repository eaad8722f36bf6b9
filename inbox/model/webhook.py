"""Other programs that are told what happens: who they are, what they are told, and what came of it.

The signature is that of Standard Webhooks (https://www.standardwebhooks.com).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

EVENTS = {
    "conversation.created": "A customer began a conversation, or it was begun for them.",
    "conversation.changed": "Its status, speaker, assignee, team, labels or priority changed; "
    "`changed` names which.",
    "message.created": "Somebody said something, in or out.",
    "message.updated": "A message changed, most often its delivery status.",
    "note.created": "A colleague left a private note.",
}
"""What can be told of, with its meaning."""

VERSION = "1"
"""Of what is posted: within one, keys are only ever added."""

PING = "ping"
"""What is told when somebody tries a webhook."""

BACK_OFF = tuple(
    timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 14_400, 21_600, 24_000)
)
"""After each failure in turn, how long to wait for the next try: about a day in all."""

LONG = timedelta(days=1)
"""Who has answered nothing for so long, and is given something up, is told nothing any more."""

OVERLAP = timedelta(days=1)
"""How long the secret before is signed with too, once there is a new one."""

_PREFIX = "whsec_"


class State(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A program that is told. Its secrets are sealed."""

    id: str
    url: str
    events: tuple[str, ...]
    channel_ids: tuple[str, ...] = ()
    """Of which channels it is told; all if empty."""
    secret: str
    old_secret: str | None = None
    old_until: datetime | None = None
    """Until when the old secret is signed with too."""
    is_on: bool = True
    created_at: datetime
    failing_since: datetime | None = None
    """Since when it has answered nothing good; None if it did the last time."""
    delivered_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_why: str | None = None
    """Why it was switched off without anybody's doing."""

    def wants(self, what: str, channel_id: str) -> bool:
        """Whether it is told of such an event there."""
        return what in self.events and (not self.channel_ids or channel_id in self.channel_ids)


class Try(msgspec.Struct, frozen=True):
    """A call: what it was answered, or why nothing came of it."""

    at: datetime
    ms: int
    status: int | None = None
    error: str | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way to one program."""

    id: str
    subscription_id: str
    event_id: str
    what: str
    conversation_id: str | None
    body: str
    """What is posted, sealed."""
    at: datetime
    state: State = State.WAITING
    due: datetime | None = None
    """When it is tried next; while a process tries it, when that one is held to be dead."""
    owner: str | None = None
    failures: int = 0
    """How often it failed since it was last asked for."""
    tries: tuple[Try, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where a conversation was told of. `id` is the conversation's."""

    id: str
    rev: int
    seq: int
    state: dict[str, object]
    """What of it was last told."""


def new_webhook_secret() -> str:
    """A secret to sign with, as its owner is shown it once."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(24)).decode("ascii")


def event_id(*parts: object) -> str:
    """The id of an event: the same each time that it is come by."""
    return "evt_" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def signed(event: str, at: datetime, body: bytes, with_secrets: Iterable[str]) -> dict[str, str]:
    """The headers that show a receiver who sends it and when: one signature for each secret."""
    moment = str(int(at.timestamp()))
    told = f"{event}.{moment}.".encode() + body
    marks = [_signature(secret, told) for secret in with_secrets]
    return {"webhook-id": event, "webhook-timestamp": moment, "webhook-signature": " ".join(marks)}


def _signature(secret: str, told: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, told, "sha256")).decode("ascii")


def envelope(
    what: str, at: datetime, data: dict[str, object], order: dict[str, object] | None = None
) -> bytes:
    """What is posted. `order` tells a receiver which of two events of a conversation came first."""
    told = {"type": what, "version": VERSION, "timestamp": at, "order": order, "data": data}
    return msgspec.json.encode(told)
