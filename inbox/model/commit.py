"""What one commit writes. Built by the pure verbs, written by the store, told by the bus."""

from datetime import datetime
from typing import Any

import msgspec

from connectors.contract import Webhook
from connectors.events import StatusChanged
from inbox.model.consent import ConsentEvent, Standing
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation
from inbox.model.merging import Merge
from inbox.model.message import Message
from inbox.model.sla import Reckoned
from inbox.model.thread import Thread


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """Something authentic that could not be taken in; an admin sees it and can replay it."""

    id: str
    channel_id: str
    reason: str
    raw: Any
    at: datetime
    request_id: str | None = None
    """The `KeptRequest` that it was a part of."""


class KeptRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's whole request, kept as long as a part of it is in quarantine."""

    id: str
    webhook: Webhook
    at: datetime


class EarlyStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A report on a message whose receipt we have not written yet."""

    id: str
    """`external_key` of the message."""
    reports: tuple[StatusChanged, ...]
    at: datetime


class ConversationChange(msgspec.Struct, frozen=True):
    """One conversation's part of a commit. `before` is None when the conversation is new."""

    before: Conversation | None
    after: Conversation
    added: list[Message]
    changed: list[Message]
    holder: tuple[str, str] | None = None
    """Which work (``turn`` or ``delivery``) must still be claimed by whom for this to be written."""


class ContactChange(msgspec.Struct, frozen=True):
    """One contact's part of a commit."""

    before: Contact | None
    after: Contact


class Commit(msgspec.Struct):
    """All that is written together or not at all."""

    conversations: list[ConversationChange] = []
    contacts: list[ContactChange] = []
    quarantined: list[Quarantined] = []
    requests: list[KeptRequest] = []
    early: list[EarlyStatus] = []
    standings: list[Standing] = []
    consents: list[ConsentEvent] = []
    merges: list[Merge] = []
    reckoned: list[Reckoned] = []
    is_present: bool = False
    """Whether every `before` was read, or its `rev` compared, in the transaction that writes this.

    A snapshot holds them then, and each is asked for by its id alone: MongoDB plans nothing, which is half
    of the cost of an update.
    """

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.conversations or self.contacts or self.quarantined or self.early or self.consents)


def change_of(thread: Thread, *, holder: tuple[str, str] | None = None) -> ConversationChange:
    """A thread's part of a commit; `holder` is as in `ConversationChange`."""
    thread.settle()
    before = None if thread.is_new else thread.before
    return ConversationChange(
        before, thread.conversation, thread.added, list(thread.changed.values()), holder
    )
