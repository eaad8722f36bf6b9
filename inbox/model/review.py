"""What was reviewed of customers' messages, and what agents say that they mean."""

from datetime import datetime
from enum import StrEnum

import msgspec

from inbox.model.training import Person


class Verdict(StrEnum):
    """What a designer decided."""

    TAUGHT = "taught"
    DISMISSED = "dismissed"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Texts that were decided on, by their keys: they never come back. No key is in two of them."""

    id: str
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    """As taught: masked, with their entities marked."""
    verdict: Verdict
    intent: str | None = None
    by: Person
    at: datetime
    edit_id: str | None = None
    """The edit of the data that taught it; None while it is being made, and for what was dismissed."""
    edition: str | None = None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's correction of what the bot took a message to mean. `id` is the message's."""

    id: str
    conversation_id: str
    intent: str
    by: Person
    at: datetime
