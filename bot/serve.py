"""Serve the bot to the inbox: `python serve.py`. Settings: `README.md`."""

from __future__ import annotations

import light  # noqa: F401 - before anything of Rasa's
import quiet

import asyncio
import logging
import os
import socket
import sys
import time

from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic

from dialogue import TurnProcessor
from engine.models import ModelFolder, Models
from engine.served import loaded
from inbox_channel import InboxChannel
from journal.collection import Journal
from model_files import ModelUnusable, check
from safety import become_harmless, check_door
from settings import SettingMissing, Settings

MAX_BODY = 1 << 20
BACKLOG = 256
SWITCH_SECONDS = 0.001
"""How long the event loop may wait for a thread that parses."""

log = logging.getLogger("parley.serve")


def main() -> int:
    """Listen at once, load the model meanwhile. Returns an exit status; 2 is a wrong setting."""
    configure_structlog(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, force=True, stream=sys.stderr)
    logging.getLogger("parley").setLevel(logging.INFO)
    try:
        settings = Settings.read()
        channel = InboxChannel.from_credentials(None)
        if not settings.mongodb_uri:
            raise SettingMissing("PARLEY_BOT_MONGODB_URI must name the MongoDB server.")
        check_door(settings.host)
        check(settings.models)
        door = socket.create_server((settings.host, settings.port), backlog=BACKLOG)
    except (SettingMissing, ModelUnusable, ValueError) as error:
        print(f"parley bot: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        print(f"parley bot: cannot listen on {where}: {error.strerror}.", file=sys.stderr)
        return 2
    become_harmless()
    sys.setswitchinterval(SWITCH_SECONDS)
    application(channel, settings).run(sock=door, access_log=False, motd=False)
    return 0


def application(channel: InboxChannel, settings: Settings) -> Sanic:
    """A server with our channel alone: Rasa's own HTTP API is not there to be attacked."""
    app = Sanic("parley_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.blueprint(channel.blueprint(None), url_prefix=f"/webhooks/{channel.url_prefix()}")
    journal = Journal(settings.mongodb_uri, settings.mongodb_db, keep_days=settings.keep_days)
    TurnProcessor.action_seconds = settings.action_seconds
    # Actions get the domain only where `nlu_data/domain.yml` says so.
    actions = EndpointConfig(settings.actions_url, enable_selective_domain=True)
    app.ctx.models = Models(
        ModelFolder(settings.models), lambda path, sealed: loaded(path, sealed, journal, actions)
    )
    app.add_task(_begin(app.ctx.models, journal))
    return app


async def _begin(models: Models, journal: Journal) -> None:
    try:
        await asyncio.gather(
            models.begin(), asyncio.get_running_loop().run_in_executor(None, journal.prepare)
        )
    except Exception:
        log.exception("The bot cannot start.")
        os._exit(3)  # the supervisor restarts us; a server that can never be ready helps nobody
    log.info("ready after %.1f s", time.monotonic() - quiet.BEGAN)
    await models.watch()


if __name__ == "__main__":
    sys.exit(main())
