"""Trying a model out, and letting guests do so."""

from datetime import datetime

import msgspec

from inbox.model.training import Person


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A link by which whoever has it may try one model until it ends. `id` is the SHA-256 of its secret."""

    id: str
    model_id: str | None
    """None for the model that is live when the guest writes."""
    edition: str | None = None
    channel_id: str | None
    """Whose look the answers have."""
    by: Person
    at: datetime
    expires_at: datetime
