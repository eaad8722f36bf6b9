"""What leaves in the same breath as it is written: where nothing is ahead of it, and a hand is free.

Whoever writes an answer asks for a passage first. If it gets one, the answer is committed as already sending
and its deliveries as claimed by this process: a commit and two commands less before it reaches the customer.
All that the outbox would have asked is asked in that commit, and who dies after it is succeeded as who dies
while sending.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

from connectors.content import Media
from connectors.contract import Clock
from connectors.events import DeliveryStatus
from inbox.leases import Leases
from inbox.lines import Line
from inbox.model.commit import ConversationChange
from inbox.model.consent import Refusals
from inbox.model.conversation import Conversation, Work
from inbox.model.message import Message
from inbox.model.thread import Thread
from inbox.sending import mark
from inbox.worker import Worker

_OPEN = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)

_SOON = 0.1
"""Seconds for which an answer may stand in line for its channel's rate after it was committed as leaving. Who
was to wait for as long as the commit takes in any case would need two commits more."""


class FindsLines(Protocol):
    """Where the line of a channel is found."""

    async def get(self, channel_id: str) -> Line | None:
        """The line, None if the channel does not work."""


class Begun(NamedTuple):
    """A message that was committed as sending, and is to be sent now."""

    conversation: Conversation
    owner: str
    message: Message
    is_last: bool
    """Whether nothing else is queued."""
    pace: asyncio.Task[None]
    """Ends when the channel's rate lets the message through."""


class Passage:
    """A hand of the outbox that is kept free for one answer."""

    def __init__(self, line: Line, work: Work, pace: asyncio.Task[None]) -> None:
        self._line = line
        self.work = work
        self.pace = pace

    def leave(self, thread: Thread, refusals: Refusals) -> None:
        """Let the first message that was queued leave with this commit, if it may and needs nothing first."""
        queued = [m for m in thread.added if m.status == DeliveryStatus.QUEUED]
        if not queued or isinstance(queued[0].content, Media) or queued[0].via:
            return
        _, goes = mark(thread, queued[0], refusals, line=self._line, now=thread.now)
        if goes:
            thread.set(delivery=self.work)


class Passages:
    """Gives passages, and remembers what left by one."""

    def __init__(
        self,
        lines: FindsLines,
        clock: Clock,
        worker: Worker,
        leases: Leases,
        elsewhere: Callable[[], Collection[str]],
    ) -> None:
        self._lines = lines
        self._clock = clock
        self._worker = worker
        self._leases = leases
        self._elsewhere = elsewhere
        self._given: dict[str, Passage] = {}
        self._begun: dict[str, Begun] = {}

    async def foresee(self, conversation: Conversation) -> None:
        """An answer may be written soon: have a place in its channel's rate by then."""
        if line := await self._line(conversation):
            line.rate.foresee()

    @asynccontextmanager
    async def passage(self, conversation: Conversation) -> AsyncIterator[Passage | None]:
        """A passage for an answer in this conversation; None if it has to stand in line.

        The answer must be committed, and the bus told of it, within the block.
        """
        line = await self._line(conversation)
        if line is None:
            yield None
            return
        work = self._leases.born(self._clock())
        passage = Passage(line, work, asyncio.create_task(line.pace(conversation.id)))
        owner = str(work.owner)
        self._given[owner] = passage
        try:
            yield passage
        finally:
            if self._given.pop(owner, None):  # nothing left by it
                passage.pace.cancel()

    async def _line(self, conversation: Conversation) -> Line | None:
        if conversation.delivery is not None or self._worker.room <= len(self._given):
            return None
        if conversation.channel_id in self._elsewhere():
            return None
        line = await self._lines.get(conversation.channel_id)
        if line is None or line.hold(conversation.id) or line.rate.due_in() > _SOON:
            return None
        return line

    def is_open(self, change: ConversationChange) -> bool:
        """Whether something left by a passage of ours with this commit; then it is to be sent."""
        due = change.after.delivery
        given = self._given.pop(due.owner, None) if due and due.owner else None
        owner = self._leases.adopt(change.after.id, due) if given and due else None
        if given is None or owner is None:
            return False
        leaving = [m for m in change.added if m.status in _OPEN]
        first = next(m for m in leaving if m.status == DeliveryStatus.SENDING)
        self._begun[change.after.id] = Begun(change.after, owner, first, len(leaving) == 1, given.pace)
        return True

    def take(self, conversation_id: str) -> Begun | None:
        """What is to be sent for the conversation; None if nothing left by a passage."""
        return self._begun.pop(conversation_id, None)
