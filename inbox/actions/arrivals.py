"""What comes in, what the store knows of it, and what became of it: values."""

from datetime import timedelta

import msgspec

from connectors.contract import Capabilities, Webhook
from connectors.events import Event, Identity
from inbox.model.commit import EarlyStatus
from inbox.model.consent import Standing
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation
from inbox.model.message import Message


class Arrival(msgspec.Struct, frozen=True):
    """One event that came in on a channel."""

    channel_id: str
    channel_kind: str
    event: Event
    client_id: str | None = None
    carries: Capabilities | None = None
    """What the channel can do, and which words on it are about consent."""
    window: timedelta | None = None
    """How long the channel lets us write freely after the customer has; None: always."""
    webhook: Webhook | None = None
    """The request that it came in: what is unreadable in it is kept with the whole, to be replayed."""


class Known(msgspec.Struct):
    """What the store has of the arrivals: read in the transaction that will write."""

    messages: list[Message] = []
    contacts: list[Contact] = []
    conversations: list[Conversation] = []
    early: list[EarlyStatus] = []
    standings: list[Standing] = []


class Received(msgspec.Struct):
    """What became of the arrivals."""

    messages: dict[str, Message] = {}
    """By `external_key`: the message, the stored one if it had come before."""
    merges: list[tuple[str, str]] = []
    """Contacts that turned out to be one person: (keep, give up)."""
    acquaintances: list[tuple[str, tuple[Identity, ...]]] = []
    """Conversations whose customer has more names than we write to."""
    quarantined: list[str] = []
    """Ids in quarantine of what could not be taken in."""
    duplicates: int = 0

    def add(self, other: "Received") -> None:
        """Take over what became of others."""
        self.messages.update(other.messages)
        self.merges.extend(other.merges)
        self.acquaintances.extend(other.acquaintances)
        self.quarantined.extend(other.quarantined)
        self.duplicates += other.duplicates
