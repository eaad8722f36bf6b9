"""The stage: all stand-ins, their files, and the pages that watch."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from rehearsal.files import Files
from rehearsal.stand_in import Channel, StandIn


class Stage:
    """Everything that a rehearsal holds. `pace` stretches all pauses; 1 is for people, less is for tests."""

    def __init__(
        self,
        *,
        inbox: str,
        home: Path,
        kinds: Iterable[type[StandIn]],
        pace: float = 1.0,
        public: str | None = None,
    ) -> None:
        """`inbox` is the address to which webhooks go; `home` is a folder that is made if need be.

        `public` is what the inbox takes for its own address, which some providers sign; by default `inbox`.
        """
        self.inbox, self.home, self.pace = inbox.rstrip("/"), home, pace
        self.public = (public or inbox).rstrip("/")
        self.files = Files(home / "files")
        self.stand_ins: dict[str, StandIn] = {}
        self._kinds = {kind.kind: kind for kind in kinds}
        self._couriers: dict[str, asyncio.Task[None]] = {}
        self._http: aiohttp.ClientSession | None = None
        self._watchers: set[asyncio.Queue[str | None]] = set()

    def add(self, channel: Channel) -> StandIn | None:
        """Rehearse a channel; None if there is no stand-in for its kind. Takes the place of an older one."""
        kind = self._kinds.get(channel.kind)
        self.remove(channel.id)
        if kind is None:
            return None
        stand_in = self.stand_ins[channel.id] = kind(channel, self)
        self._start(stand_in)
        self.changed(channel.id)
        return stand_in

    def remove(self, channel_id: str) -> None:
        """Rehearse a channel no longer. What waits to be delivered stays on disk."""
        if task := self._couriers.pop(channel_id, None):
            task.cancel()
        if stand_in := self.stand_ins.pop(channel_id, None):
            stand_in.close()

    def changed(self, channel_id: str) -> None:
        """Let the pages know that something of this channel looks different now."""
        for watcher in self._watchers:
            watcher.put_nowait(channel_id)

    @contextlib.contextmanager
    def watching(self) -> Any:
        """A queue of the ids of channels that change; None ends it."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        """Deliver webhooks while the application runs."""
        async with aiohttp.ClientSession() as self._http:
            for stand_in in self.stand_ins.values():
                self._start(stand_in)
            yield
            tasks = list(self._couriers.values())
            for channel_id in list(self.stand_ins):
                self.remove(channel_id)
            await asyncio.gather(*tasks, return_exceptions=True)
        self._http = None

    async def end(self, _: web.Application) -> None:
        """Let the watching pages go, so that the application can stop."""
        for watcher in self._watchers:
            watcher.put_nowait(None)

    def _start(self, stand_in: StandIn) -> None:
        if self._http is not None:
            run = stand_in.courier.run(self._http)
            self._couriers[stand_in.channel.id] = asyncio.create_task(run)


STAGE = web.AppKey("stage", Stage)
