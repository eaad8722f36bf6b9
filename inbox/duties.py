"""What is done beside the way of a message, each by whichever process has the lease."""

import asyncio

from inbox.automation import Automation
from inbox.fallback import Fallback
from inbox.indexing import Indexing
from inbox.parts import Parts
from inbox.promises import PromiseKeeping
from inbox.routing import Routing
from inbox.surveys import Surveys

_PATIENCE = 1.0
"""Seconds for what runs to come to its end; another process goes on with it."""


class Duties:
    """Other channels for what did not arrive, words to find messages by, queues, promises, surveys, rules."""

    def __init__(self, parts: Parts) -> None:
        fallback = Fallback(parts.store, parts.bus, parts.lines, parts.clock)
        self._workers = [fallback.worker, PromiseKeeping(parts.desk).worker, Surveys(parts.desk).worker]
        indexing = Indexing(parts.store, parts.clock, lambda: parts.ingest.is_busy)
        duties = (indexing, Routing(parts.desk), Automation(parts.desk))
        self._followers = [duty.follower for duty in duties]

    def start(self) -> None:
        """Begin with all of them."""
        for worker in self._workers:
            worker.start()
        for follower in self._followers:
            follower.start()

    async def stop(self) -> None:
        """Leave them to others."""
        await asyncio.gather(*(worker.stop(_PATIENCE) for worker in self._workers))
        await asyncio.gather(*(follower.stop() for follower in self._followers))
