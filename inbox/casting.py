"""The rehearsal beside the application: its phones are kept in step with the channels in rehearsal."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from inbox.model.secrets import Unsealable
from inbox.parts import Parts
from inbox.store import StoreError
from rehearsal.app import build as build_rehearsal
from rehearsal.stage import STAGE, Stage
from rehearsal.stand_in import Channel as RehearsedChannel

_EVERY = 2.0
"""Seconds between two looks at the channels."""


def add_rehearsal(app: web.Application, parts: Parts, *, inbox: str) -> None:
    """Serve `/rehearsal` in this application, which answers at `inbox` on this machine."""
    home = parts.settings.home / "rehearsal"
    rehearsal = build_rehearsal([], inbox=inbox, home=home, public=parts.settings.public_url)
    app.add_subapp("/rehearsal", rehearsal)
    app.cleanup_ctx.append(lambda app: _casting(rehearsal[STAGE], parts))


async def _casting(stage: Stage, parts: Parts) -> AsyncIterator[None]:
    """Keep the phones in step with the channels in rehearsal."""

    async def look() -> None:
        known: dict[str, RehearsedChannel] = {}
        while True:
            with contextlib.suppress(StoreError, Unsealable):
                channels = await parts.store.channels.list({"rehearsal": True, "enabled": True})
                present = {
                    c.id: RehearsedChannel(
                        id=c.id, kind=c.kind, name=c.name, settings=parts.vault.open_all(c.settings)
                    )
                    for c in channels
                }
                for gone in known.keys() - present.keys():
                    stage.remove(gone)
                for channel in present.values():
                    if known.get(channel.id) != channel:
                        stage.add(channel)
                known = present
            await asyncio.sleep(_EVERY)

    task = asyncio.create_task(look())
    yield
    task.cancel()
