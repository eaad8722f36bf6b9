"""Tells the pages that show campaigns which of them have moved.

A hint and no more: the page asks what it has become. What is told of one campaign within a second is told
once, however many messages of it go out and are reported on meanwhile.
"""

import asyncio
from collections.abc import Iterator, Sequence

import socketio
import structlog

from inbox.live.agents import AGENTS, CAMPAIGNS_ROOM
from inbox.model.commit import ConversationChange

log = structlog.get_logger(__name__)

_TOGETHER = 1.0


class CampaignNews:
    """Hears of campaigns that go on, and of what became of their messages."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._moved: set[str] = set()
        self._wake = asyncio.Event()

    def moved(self, campaign_id: str) -> None:
        """This one has."""
        self._moved.add(campaign_id)
        self._wake.set()

    def hear(self, changes: Sequence[ConversationChange]) -> None:
        """These were committed by this process."""
        for change in changes:
            for campaign_id in _spoken_of(change):
                self.moved(campaign_id)

    async def tell(self) -> None:
        """Tell of them on all processes. Runs until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            moved, self._moved = self._moved, set()
            try:
                for campaign_id in moved:
                    news = {"id": campaign_id}
                    await self._server.emit("campaign", news, room=CAMPAIGNS_ROOM, namespace=AGENTS)
            except Exception as error:  # Redis is gone: pages ask by themselves now and then
                log.warning("cannot tell of campaigns", error=type(error).__name__)
            await asyncio.sleep(_TOGETHER)


def _spoken_of(change: ConversationChange) -> Iterator[str]:
    """Ids of the campaigns whose messages were said, reported on or answered here."""
    for message in (*change.added, *change.changed):
        kind, _, campaign_id = (message.author.id or "").partition(":")
        if kind == "campaign" and campaign_id:
            yield campaign_id
    answered = change.before.campaign_id if change.before else None
    if answered and change.after.campaign_id is None:
        yield answered
