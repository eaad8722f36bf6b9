"""The rehearsal as an application of its own, to be mounted at ``/rehearsal`` or started by a test."""

from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from rehearsal import pages
from rehearsal.files import LARGEST
from rehearsal.registry import stand_ins
from rehearsal.stage import STAGE, Stage
from rehearsal.stand_in import Channel


def build(
    channels: Iterable[Channel], *, inbox: str, home: Path, pace: float = 1.0, public: str | None = None
) -> web.Application:
    """An application with a stand-in and a phone for each of the channels that has one.

    `inbox` is the address below which ``/hooks/{channel}`` takes webhooks, `home` the folder where phones
    and undelivered webhooks are kept, `public` the inbox's address as the world knows it. `app[STAGE]` adds
    and removes channels while it runs. A channel's
    `api_base` is this application's address followed by the channel's kind.
    """
    kinds = stand_ins()
    stage = Stage(inbox=inbox, home=home, kinds=kinds, pace=pace, public=public)
    app = web.Application(client_max_size=LARGEST + (1 << 20))
    app[STAGE] = stage
    app.router.add_routes(pages.ROUTES)
    for kind in kinds:
        app.router.add_routes(kind.routes())
    app.cleanup_ctx.append(stage.run)
    app.on_shutdown.append(stage.end)
    for channel in channels:
        stage.add(channel)
    return app
