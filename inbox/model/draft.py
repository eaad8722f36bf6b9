"""What a person has begun to write in a conversation, and has not sent."""

from datetime import datetime

import msgspec


class KeptDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One person's draft in one conversation, as it was last seen on any of their devices."""

    id: str
    user_id: str
    conversation_id: str
    reply: str
    note: str
    mode: str
    """What they were writing: ``reply`` or ``note``."""
    at: datetime
