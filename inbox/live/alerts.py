"""Admins hear at once when a channel breaks, and when it works again.

The store is asked every two seconds, since it may be any process that finds out: a channel is one small
document, and there are few.
"""

import asyncio
from typing import Any

import structlog

from inbox.http.channels_api import channel_json
from inbox.live.agents import AGENTS, AgentsNamespace
from inbox.model.channel import Channel
from inbox.model.people import ADMIN
from inbox.parts import Parts

log = structlog.get_logger(__name__)

_LOOK_EVERY = 2.0


class Alerts:
    """Tells the admins' pages of this process how channels fare."""

    def __init__(self, server: Any, agents: AgentsNamespace, parts: Parts) -> None:
        self._server = server
        self._agents = agents
        self._parts = parts
        self._known: dict[str, tuple[bool, str, str | None]] | None = None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the store or Redis is gone: the next look tells
                log.debug("cannot look at the channels", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> None:
        """Tell of every channel that fares otherwise than at the last look."""
        channels = await self._parts.store.channels.list()
        known, self._known = self._known, {c.id: _state(c) for c in channels}
        pages = [page for page, who in self._agents.asking.items() if who.may(ADMIN)]
        for channel in channels:
            if known is None or known.get(channel.id) == _state(channel):
                continue
            news = channel_json(channel, self._parts)
            for page in pages:
                await self._server.emit("channel", news, to=page, namespace=AGENTS)


def _state(channel: Channel) -> tuple[bool, str, str | None]:
    return channel.enabled, channel.health.state, channel.health.detail
