"""What is remembered of a merge of two contacts, so that it can be undone."""

from datetime import datetime

import msgspec

from inbox.model.contact import Contact


class Seat(msgspec.Struct, frozen=True):
    """Where a conversation was before a merge."""

    conversation_id: str
    contact_id: str
    current: bool


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """Two contacts became one. `kept` and `given` are what they were before."""

    id: str
    kept: Contact
    given: Contact
    seats: tuple[Seat, ...]
    """The conversations of both."""
    standings: tuple[str, ...] = ()
    """Ids of the standings that were the given one's."""
    consents: tuple[str, ...] = ()
    """Ids of the given one's lines in the ledger of consent."""
    by: str | None = None
    """The colleague; None where a provider's word was enough."""
    at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None
