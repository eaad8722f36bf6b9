"""What every verb of people needs, in one hand."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from connectors.content import Media
from connectors.contract import Capabilities, Clock
from inbox.bus import Bus
from inbox.model.thread import Thread
from inbox.store import Store

Carries = Callable[[str], Awaitable[Capabilities | None]]
"""What a channel carries, by its id; None if that is not known: then nothing is fitted to it."""


async def unknown(channel_id: str) -> Capabilities | None:
    """Of no channel it is known."""
    return None


class Within(NamedTuple):
    """A change that is under way: the verbs of a desk that is within one join it, instead of committing."""

    thread: Thread
    session: Any


class Desk(NamedTuple):
    """What every verb needs."""

    store: Store
    bus: Bus
    clock: Clock
    carries: Carries = unknown
    link: Callable[[Media], str | None] | None = None
    """Where the world can have a file of ours, for a channel that carries none."""
    within: Within | None = None
