"""How long conversations are kept: by channel and by label, from the last thing that happened in them."""

from datetime import datetime

import msgspec


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """A rule. What is resolved, and has been quiet for so many days, is deleted."""

    id: str
    days: int
    channel_id: str | None = None
    """None: any."""
    label: str | None = None
    """None: any, and none."""
    is_on: bool = True
    updated_at: datetime


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations that were taken out and whose messages and files are to be deleted."""

    id: str
    retention_id: str
    conversation_ids: tuple[str, ...]
    at: datetime
