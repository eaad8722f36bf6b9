"""What we would have to be asked for to make a documented request."""

from dataclasses import dataclass, field
from typing import Any

from connectors.events import Identity


@dataclass(frozen=True)
class Wish:
    """A content to send, or (`reads`) a message to show as read, or (`reaches`) a number to ask about."""

    content: Any = None
    to: Identity | None = None
    reply_to: str | None = None
    reads: str | None = None
    reaches: str | None = None
    typing: bool = False
    settings: dict[str, str] = field(default_factory=dict)
