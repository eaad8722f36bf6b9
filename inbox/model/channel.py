"""Where customers reach us."""

from datetime import datetime

import msgspec

from inbox.model.quiet import USUAL


class Health(msgspec.Struct, frozen=True):
    """How a channel fares, for an admin."""

    state: str = "new"
    """``new``, ``good`` or ``bad``."""
    detail: str | None = None
    at: datetime | None = None


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One line to customers: a kind of connector with its settings. Secret settings are encrypted."""

    id: str
    kind: str
    name: str
    settings: dict[str, str] = {}
    account: str | None = None
    """The provider's name for this line, by which a shared webhook is routed."""
    rehearsal: bool = False
    enabled: bool = True
    health: Health = Health()
    last_webhook_at: datetime | None = None
    """When the provider last sent something, to a few seconds."""
    last_refused_at: datetime | None = None
    """When somebody last sent something without the right signature."""
    quiet_hours: str = USUAL
    """When nothing that a machine starts leaves, by the recipient's clock; ``off``: never."""
    assistant: str | None = None
    """Which assistant answers here; none: the default one."""
    upkeep_at: datetime | None = None
    """When the channel is next to be checked; none: now."""
    created_at: datetime
