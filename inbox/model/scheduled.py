"""A message that is to be said at a time, as it waits for it."""

from datetime import datetime
from enum import StrEnum

import msgspec

from connectors.content import Content
from connectors.events import Fault, Purpose


class Voice(StrEnum):
    """Whose words wait."""

    USER = "user"
    PROGRAM = "program"
    RULE = "rule"


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote to be said later, or a machine at night. It is no message yet."""

    id: str
    conversation_id: str
    author_id: str
    author_name: str
    voice: Voice = Voice.USER
    content: Content
    purpose: Purpose = Purpose.CONVERSATION
    at: datetime
    """When it is to be said."""
    due: datetime | None
    """When a process may take it up: at first `at`, later when the lease of who has it runs out; None once
    it was refused."""
    heard: int
    """`inbound_seq` when it was written: whether the customer has written since."""
    created_at: datetime
    is_taken: bool = False
    """Whether a process has begun to say it; then it cannot be taken back."""
    problem: Fault | None = None
    """Why it was not said."""
