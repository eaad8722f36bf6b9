"""Conversations that this process has just had, so that the next turn need not read them again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from rasa.shared.core.domain import Domain

from journal.collection import Journal
from journal.entries import Entry, bounded, taken_up
from journal.tracker import BoundedTracker

MAX_LIVE = 500
"""Conversations kept in memory, some 100 kB each; the one that has been silent longest goes first."""


@dataclass
class Conversation:
    """A conversation after the entry `number`; -1 before the first."""

    tracker: BoundedTracker
    number: int
    place: int = 0
    """That of the last turn that this process ran; 0 if it does not know."""


class Live:
    """The conversations of one model: another model knows other slots."""

    def __init__(self, journal: Journal, domain: Domain, *, most: int = MAX_LIVE) -> None:
        self._journal = journal
        self._domain = domain
        self._most = most
        self._kept: OrderedDict[str, Conversation] = OrderedDict()

    def take_kept(self, conversation_id: str) -> Conversation | None:
        """The conversation as it was left here, if it was: somebody may have written to it since.

        It is the caller's alone until `put` back: a turn that fails leaves no trace here.
        """
        return self._kept.pop(conversation_id, None)

    async def is_overtaken(self, kept: Conversation, key: str) -> bool:
        """Whether somebody has written to the conversation since it was left here, or has written `key`."""
        looked = await self._journal.look(kept.tracker.sender_id, after=kept.number, key=key)
        return looked.newer or looked.known is not None

    async def take(self, conversation_id: str, key: str) -> tuple[Conversation, Entry | None]:
        """The conversation as it is written now, and the entry `key` if there is one.

        The caller's alone, too.
        """
        kept = self.take_kept(conversation_id)
        looked = await self._journal.look(conversation_id, after=kept.number if kept else -1, key=key)
        if kept is None or looked.newer:
            kept = await self._read(conversation_id) if looked.newer else self._new(conversation_id)
        return kept, looked.known

    def put(self, conversation: Conversation) -> None:
        """Keep the conversation for its next turn. What is on its tracker must have been written."""
        conversation.tracker = bounded(conversation.tracker, self._domain)
        self._kept[conversation.tracker.sender_id] = conversation
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, conversation_id: str) -> None:
        """Let go of it."""
        self._kept.pop(conversation_id, None)

    async def _read(self, conversation_id: str) -> Conversation:
        before, entries = await self._journal.recent(conversation_id)
        tracker = taken_up(conversation_id, before, entries, self._domain)
        return Conversation(tracker, entries[-1].number if entries else -1)

    def _new(self, conversation_id: str) -> Conversation:
        return Conversation(taken_up(conversation_id, None, [], self._domain), -1)
