"""Tells the rest of the process what has been committed. After the commit, never before.

The bus is a hint: whoever misses it finds the same in the store.
"""

from collections.abc import Callable, Sequence

import structlog

from inbox.model.commit import Commit, ConversationChange

Listener = Callable[[Sequence[ConversationChange]], None]

log = structlog.get_logger(__name__)


class Bus:
    """Calls its listeners with what changed. A listener must not block; its failure harms no other."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._of_campaigns: list[Callable[[str], None]] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener` after every commit from now on."""
        self._listeners.append(listener)

    def listen_to_campaigns(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the id of each campaign that was changed, or that went on."""
        self._of_campaigns.append(listener)

    def campaign_moved(self, campaign_id: str) -> None:
        """Tell everyone that there is something new of a campaign. It must be written already."""
        for listener in self._of_campaigns:
            listener(campaign_id)

    def publish(self, commit: Commit) -> None:
        """Tell everyone of a commit that is durable."""
        if not commit.conversations:
            return
        for listener in self._listeners:
            try:
                listener(commit.conversations)
            except Exception:
                log.exception("listener failed", listener=getattr(listener, "__qualname__", repr(listener)))
