"""The parts of a running process, as the web handlers are given them. Put together in `inbox/app.py`."""

from datetime import timedelta
from typing import NamedTuple

import aiohttp
from aiohttp import web

from connectors.content import Media
from connectors.contract import Clock
from connectors.outside import Outside
from inbox.actions.converse import Desk
from inbox.binds import Binds
from inbox.bus import Bus
from inbox.courtesy import Courtesy
from inbox.dialogue import Dialogue
from inbox.hints import Hints
from inbox.ingest import Ingest
from inbox.lines import Lines
from inbox.media import MediaFetch
from inbox.model.secrets import FileLinks, Vault, VisitorTokens
from inbox.outbox import Outbox
from inbox.pulse import Pulse
from inbox.settings import Settings
from inbox.store import Store
from inbox.teaching.asking import Teaching
from inbox.turns import Turns
from inbox.upkeep import Upkeep

_LINKS_LAST = timedelta(days=30)


class Parts(NamedTuple):
    """Everything that a request may need."""

    settings: Settings
    clock: Clock
    http: aiohttp.ClientSession
    outside: Outside
    """For every address that a person gives."""
    store: Store
    bus: Bus
    vault: Vault
    visitors: VisitorTokens
    links: FileLinks
    lines: Lines
    ingest: Ingest
    dialogue: Dialogue
    turns: Turns
    outbox: Outbox
    binds: Binds
    courtesy: Courtesy
    hints: Hints
    media: MediaFetch
    pulse: Pulse
    upkeep: Upkeep
    teaching: Teaching

    @property
    def desk(self) -> Desk:
        """What the verbs of agents need."""
        return Desk(self.store, self.bus, self.clock, self.lines.carries, self._link)

    def _link(self, media: Media) -> str | None:
        """Where the customer can have a file of ours, for as long as a message is likely to be looked at."""
        if not media.file_id:
            return None
        return self.links.url(media.file_id, media.filename or "file", self.clock() + _LINKS_LAST)


PARTS = web.AppKey("parts", Parts)
