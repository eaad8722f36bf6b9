"""One message of a conversation, in or out, or a line that only colleagues see."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from connectors.content import INTERNAL, Content
from connectors.events import DeliveryStatus, Fault, Purpose
from connectors.fitting import Change


class Direction(StrEnum):
    """Which way a message goes."""

    IN = "in"
    OUT = "out"


class AuthorKind(StrEnum):
    """Who can write."""

    CONTACT = "contact"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Author(msgspec.Struct, frozen=True):
    """Who wrote a message, with the name they had then."""

    kind: AuthorKind
    id: str | None = None
    name: str | None = None


BOT = Author(AuthorKind.BOT, None, "Bot")
SYSTEM = Author(AuthorKind.SYSTEM, None, "Parley")


class Fitting(msgspec.Struct, frozen=True):
    """How a message was made fit for its channel: what was to be said, and what was changed."""

    original: Content
    changes: tuple[Change, ...]
    parts: int = 1


class Attempt(msgspec.Struct, frozen=True):
    """A message's way by a channel on which it did not arrive."""

    channel_id: str
    status: str
    external_id: str | None = None
    error: Fault | None = None
    at: datetime | None = None


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """That a message was the answer to somebody who waited: for how many seconds, and for which team."""

    waited: float
    team_id: str | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message as the store keeps it. `seq` orders a conversation; `rev` says when it last changed."""

    id: str
    conversation_id: str
    channel_id: str
    contact_id: str
    seq: int
    rev: int
    direction: Direction
    author: Author
    content: Content
    created_at: datetime
    sent_at: datetime | None = None
    """By the provider's clock, for what came in."""
    external_id: str | None = None
    external_key: str | None = None
    client_id: str | None = None
    """The sender's own id: the same one sent again changes nothing."""
    status: str = "received"
    error: Fault | None = None
    reply_to: str | None = None
    epoch: int = 0
    """Under which speaker an outgoing message was written; see `Speaker.epoch`."""
    held_until: datetime | None = None
    """Until when it waits for its author to take it back."""
    attempts: int = 0
    attempted_at: datetime | None = None
    forwarded: bool = False
    referral: dict[str, Any] = {}
    parse: dict[str, Any] | None = None
    """What the bot understood of it."""
    pricing: dict[str, Any] = {}
    purpose: Purpose = Purpose.CONVERSATION
    fitting: Fitting | None = None
    part_of: str | None = None
    """The first message of those that one became: that one has the `fitting`."""
    via: str | None = None
    """The channel by which it goes, if that is not its conversation's own."""
    attempts_elsewhere: tuple[Attempt, ...] = ()
    """By which channels it was tried before."""

    is_quiet: bool = False
    """Whether it came in and nobody need answer it: a rating, a wish about consent, a blocked customer."""
    cause: tuple[str, ...] = ()
    """Ids of the rules that led to it, the first one first."""
    answered: Answered | None = None
    """Whether it ended a wait; the reports count these."""

    @property
    def goes_by(self) -> str:
        """The channel that carries it now."""
        return self.via or self.channel_id

    @property
    def is_internal(self) -> bool:
        """Whether only colleagues see it."""
        return isinstance(self.content, INTERNAL)


_ORDER = {status: place for place, status in enumerate(DeliveryStatus)}
_FINAL = (DeliveryStatus.FAILED, DeliveryStatus.CANCELLED)
_TAKEN = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)


def may_become(present: str, reported: DeliveryStatus) -> bool:
    """Whether a provider's report moves an outbound message forward.

    Only forward: a late “sent” never hides a “read”; a failure overrides everything that has not reached
    the customer; and a failed message that did arrive after all becomes delivered or read.
    """
    if present == reported or present not in _ORDER:
        return False
    if reported in _FINAL:
        return present not in _TAKEN and present not in _FINAL
    if present in _FINAL:
        return reported in _TAKEN
    return _ORDER[reported] > _ORDER[DeliveryStatus(present)]
