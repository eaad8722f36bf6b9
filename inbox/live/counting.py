"""Tells agents how many conversations each of their tabs has."""

import asyncio
import contextlib
from time import monotonic

import socketio
import structlog

from inbox.http.lists import counts_of
from inbox.live.agents import AGENTS, AgentsNamespace
from inbox.store import Store

log = structlog.get_logger(__name__)

_EVERY = 1.0
_ANYWAY = 5.0
_SHARE = 20
"""Counting may take the twentieth part of the time: in a store so large that it takes a second, it is done
every twenty."""


class Counting:
    """Counts for all agents of this process together, and tells each page what is new to it."""

    def __init__(self, server: socketio.AsyncServer, agents: AgentsNamespace, store: Store) -> None:
        self._server = server
        self._agents = agents
        self._store = store
        self._are_old = asyncio.Event()
        self._told: dict[str, dict[str, int]] = {}

    def hear(self, *_: object) -> None:
        """Something was committed."""
        self._are_old.set()

    async def run(self, *, is_shared: bool) -> None:
        """Tell the counts, at most once a second. Runs until it is cancelled.

        What other processes commit is not heard here, so with several the counts are also told now and then.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ANYWAY if is_shared else None):
                    await self._are_old.wait()
            self._are_old.clear()
            began = monotonic()
            try:
                await self._tell()
            except Exception as error:  # the store is gone: the next change tells again
                log.warning("cannot tell the counts", error=type(error).__name__)
            await asyncio.sleep(max(_EVERY, (monotonic() - began) * _SHARE))

    async def _tell(self) -> None:
        pages = {page: agent.id for page, agent in self._agents.pages.items()}
        sights = self._agents.sight
        hidden = {agent_id: sights[page].hidden for page, agent_id in pages.items() if page in sights}
        self._told = {page: numbers for page, numbers in self._told.items() if page in pages}
        if not pages:
            return
        counted = await counts_of(self._store, hidden)
        for page, agent_id in pages.items():
            if agent_id not in counted:
                continue
            numbers = counted[agent_id]
            if self._told.get(page) != numbers:
                self._told[page] = numbers
                await self._server.emit("counts", numbers, to=page, namespace=AGENTS, ignore_queue=True)
