"""A second model beside the live one, which answers the conversations that the inbox chooses for it."""

from __future__ import annotations

import asyncio
import logging

from engine.model_server import ModelServer
from engine.models import LOOK_SECONDS, Load, Models

log = logging.getLogger("parley.canary")


class Canary(Models):
    """There is one while the model server has one in its lane; else its turns find the live model."""

    def __init__(self, server: ModelServer, load: Load) -> None:
        super().__init__(server, load)
        self._server = server

    async def watch(self) -> None:
        """Load, exchange and drop the canary as the server says, for ever."""
        while True:
            try:
                await self.look()
            except Exception as error:
                log.error("The canary is not used. %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Do what the server says now. Raises when what it gives cannot be used."""
        if not await self._apart(self._server.has_changed):
            return
        if not self._server.is_empty:
            await self.exchange()
            return
        self._server.note_empty()
        if self.current is not None:
            log.info("the canary %s has ended", self.current.sealed.id)
            self._switch(None)
