"""What an admin fills in to add a channel."""

import msgspec


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an admin fills in to add a channel."""

    name: str
    meaning: str
    secret: bool = False
    default: str | None = None
    """None: the setting is required."""
    example: str = ""
    """What a value looks like, where a form should show it; also what the shared tests fill in."""
    is_ours: bool = False
    """A word of our own that the provider is told, so that a form can make one up."""
    lines: int = 1
    """How many lines a form gives it: more than one for keys and certificates."""
