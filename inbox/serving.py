"""The application on a port: aiohttp with a door for webhooks before it, until a signal says to stop."""

import asyncio
import signal
from collections.abc import Awaitable
from functools import partial
from typing import Any, cast

from aiohttp import web

from inbox import leaving
from inbox.http import hooks
from inbox.http.door import IDLE, Doors
from inbox.http.unreadable import reader_by
from inbox.parts import PARTS


class House(web.AppRunner):
    """Runs an application whose plain webhooks are answered at the door."""

    def __init__(self, app: web.Application, *, patience: float = leaving.REQUESTS, **options: Any) -> None:
        """`patience` is for how many seconds requests under way may come to their end."""
        super().__init__(app, access_log=None, shutdown_timeout=patience, keepalive_timeout=IDLE, **options)
        self._doors: Doors | None = None
        self._patience = patience

    @property
    def server(self) -> Any:
        """What makes the protocol of each connection."""
        return self._doors

    async def setup(self) -> None:
        """Start the application."""
        await super().setup()
        server = super().server
        assert server is not None
        parts = self.app[PARTS]
        self._doors = Doors(partial(hooks.take, parts), partial(reader_by, server), parts.settings.public_url)

    async def cleanup(self) -> None:
        """Stop, and all parts with it, in the time that there is for it."""
        self.app[leaving.TIME].begin()
        await super().cleanup()

    async def shutdown(self) -> None:
        """Take nothing new and give the answers that are due; called when no site listens any more."""
        doors = cast(Doors, self._doors)
        doors.close()
        await super().shutdown()
        time = self.app[leaving.TIME]
        await doors.wait(time.part(self._patience))
        self._shutdown_timeout = time.part(self._patience)  # for what aiohttp answers


async def serve(app: Awaitable[web.Application], host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def told() -> None:
        leaving.be_gone_in_time()
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    house: House | None = None
    try:
        house = House(await app)
        await house.setup()
        await web.TCPSite(house, host, port).start()
        await loop.create_future()
    except asyncio.CancelledError:
        for number in (signal.SIGINT, signal.SIGTERM):  # once is enough
            loop.add_signal_handler(number, lambda: None)
        while task.uncancel():
            pass
    finally:
        if house:
            await house.cleanup()
