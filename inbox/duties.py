"""What is done beside the way of a message, each by whichever process has the lease."""

import asyncio

import structlog

from inbox.automation import Automation
from inbox.campaigns import Campaigning
from inbox.dispatching import Dispatching
from inbox.fallback import Fallback
from inbox.indexing import Indexing
from inbox.parts import Parts
from inbox.promises import PromiseKeeping
from inbox.push import Push
from inbox.routing import Routing
from inbox.store import StoreError
from inbox.studio.folder import Folder
from inbox.studio.healing import heal
from inbox.surveys import Surveys
from inbox.telling import Telling

log = structlog.get_logger(__name__)

_PATIENCE = 1.0
"""Seconds for what runs to come to its end; another process goes on with it."""


class Duties:
    """Ways for what did not arrive, words to find by, queues, promises, surveys, rules, webhooks, news."""

    def __init__(self, parts: Parts) -> None:
        fallback = Fallback(parts.store, parts.bus, parts.lines, parts.clock)
        out = Dispatching(parts.store, parts.clock, parts.vault, parts.outside)
        keeping, surveys = PromiseKeeping(parts.desk), Surveys(parts.desk)
        self._workers = [fallback.worker, keeping.worker, surveys.worker, out.worker]
        indexing = Indexing(parts.store, parts.clock, lambda: parts.ingest.is_busy)
        parts.bus.listen(indexing.hear)
        telling = Telling(parts.desk, parts.vault, out.worker.wake)
        duties = (indexing, Routing(parts.desk), Automation(parts.desk), telling)
        self._push = Push(parts.store, parts.bus, parts.vault, parts.clock, _contact(parts))
        self._followers = [duty.follower for duty in duties]

        self._campaigns = Campaigning(parts.desk)
        self._parts = parts
        self._healing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with all of them."""
        self._healing = asyncio.create_task(_heal(self._parts), name="healing")
        for worker in self._workers:
            worker.start()
        for follower in self._followers:
            follower.start()
        self._push.start()
        self._campaigns.start()

    async def stop(self) -> None:
        """Leave them to others."""
        if self._healing:
            self._healing.cancel()
        await self._push.stop()
        await self._campaigns.stop()
        await asyncio.gather(*(worker.stop(_PATIENCE) for worker in self._workers))
        await asyncio.gather(*(follower.stop() for follower in self._followers))


async def _heal(parts: Parts) -> None:
    """Edits of the training data over which a process died; what waits is tried with the next edit again."""
    try:
        for assistant in await parts.store.assistants.all():
            for key in (edition.key for edition in assistant.editions):
                folder = parts.teaching.places.folder(key)
                if key is None or folder.is_dir():
                    await heal(Folder(folder), parts.store, parts.clock(), key)
    except (StoreError, OSError) as error:
        log.warning("healing put off", error=type(error).__name__)


def _contact(parts: Parts) -> str:
    """Where push services find who runs this."""
    url = parts.settings.public_url or ""
    return url if url.startswith("https:") else f"mailto:{parts.settings.admin_email or 'root@localhost'}"
