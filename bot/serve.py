"""Serve the bot to the inbox: `python serve.py`. Settings: `README.md`."""

from __future__ import annotations

import light  # noqa: F401 - before anything of Rasa's
import quiet

import asyncio
import logging
import os
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from rasa.utils.log_utils import configure_structlog
from sanic import Sanic

import several
from dialogue import TurnProcessor
from engine.action_server import ActionServer
from engine.canary import Canary
from engine.editions import Editions
from engine.memory import keep_tidy
from engine.model_server import ModelServer
from engine.models import ModelFolder, Models
from engine.served import ServedModel, loaded
from inbox_channel import InboxChannel
from journal.collection import Journal
from model_files import ModelUnusable, Sealed, check
from safety import become_harmless, check_door
from settings import SettingMissing, Settings
from several import DOOR, inherited_door
from wordless import log_to_stderr

MAX_BODY = 1 << 20
BACKLOG = 256
SWITCH_SECONDS = 0.001
"""How long the event loop may wait for a thread that parses."""

log = logging.getLogger("parley.serve")


def main() -> int:
    """Listen at once, load the model meanwhile. Returns an exit status; 2 is a wrong setting."""
    configure_structlog(logging.WARNING)
    log_to_stderr()
    logging.getLogger("parley").setLevel(logging.INFO)
    log_no_more_than_is_read()
    try:
        settings = Settings.read()
        channel = InboxChannel.from_credentials(None)
        if not settings.mongodb_uri:
            raise SettingMissing("PARLEY_BOT_MONGODB_URI must name the MongoDB server.")
        check_door(settings.host)
        if not settings.model_server:
            check(settings.models)
        door = inherited_door()
        if door is None:
            door = bound(settings.host, settings.port)
            if settings.processes > 1:
                return several.run(settings.processes, door)
            door.listen(BACKLOG)
    except (SettingMissing, ModelUnusable, ValueError) as error:
        print(f"parley bot: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        print(f"parley bot: cannot listen on {where}: {error.strerror}.", file=sys.stderr)
        return 2
    become_harmless()
    keep_tidy()
    sys.setswitchinterval(SWITCH_SECONDS)
    application(channel, settings).run(sock=door, access_log=False, motd=False)
    return 0


def log_no_more_than_is_read() -> None:
    """Our lines name no thread, process or line of code, which `logging` otherwise finds out for each.

    https://docs.python.org/3.10/howto/logging.html#optimization
    """
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None


def bound(host: str, port: int) -> socket.socket:
    """A socket on that address, not yet listening. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((host, port))
    return door


def application(channel: InboxChannel, settings: Settings) -> Sanic:
    """A server with our channel alone: Rasa's own HTTP API is not there to be attacked."""
    app = Sanic("parley_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.blueprint(channel.blueprint(None), url_prefix=f"/webhooks/{channel.url_prefix()}")
    journal = Journal(settings.mongodb_uri, settings.mongodb_db, keep_days=settings.keep_days)
    TurnProcessor.action_seconds = settings.action_seconds
    # Actions get the domain only where `nlu_data/domain.yml` says so.
    actions = ActionServer(settings.actions_url, enable_selective_domain=True)
    app.register_listener(lambda app, loop: actions.close(), "after_server_stop")

    def load(path: Path, sealed: Sealed) -> Awaitable[ServedModel]:
        return loaded(path, sealed, journal, actions)

    app.ctx.canary = app.ctx.editions = None
    if settings.model_server:
        folder, token = ModelFolder(settings.models), settings.token
        kept = _kept_in(settings.models)
        live = ModelServer(f"{settings.model_server}/live", token, kept / "live", folder)
        app.ctx.models = Models(live, load)
        app.ctx.canary = Canary(ModelServer(f"{settings.model_server}/canary", token, kept / "canary"), load)
        bots = settings.model_server.removesuffix("/models")
        app.ctx.editions = Editions(bots, token, kept / "editions", load)
    else:
        app.ctx.models = Models(ModelFolder(settings.models), load)
    if os.environ.get(DOOR):
        app.register_listener(lambda app, loop: _begin(app, journal), "before_server_start")
    else:
        app.add_task(_begin(app, journal))
    app.add_task(app.ctx.models.watch())
    if app.ctx.canary is not None:
        app.add_task(app.ctx.canary.watch())
        app.add_task(app.ctx.editions.watch())
    return app


def _kept_in(models: Path) -> Path:
    """Where what the model server gives is kept: with the models, or for this run if those are read-only."""
    writable = models if models.is_dir() else models.parent
    return (
        models / "served" if os.access(writable, os.W_OK) else Path(tempfile.mkdtemp(prefix="parley-models-"))
    )


async def _begin(app: Sanic, journal: Journal) -> None:
    """Be ready when all editions are, the first one last: by that we are told to be."""
    try:
        if app.ctx.editions is not None:
            await app.ctx.editions.look()
        await asyncio.gather(
            app.ctx.models.begin(), asyncio.get_running_loop().run_in_executor(None, journal.prepare)
        )
    except Exception:
        log.exception("The bot cannot start.")
        os._exit(3)  # the supervisor restarts us; a server that can never be ready helps nobody
    log.info("ready after %.1f s", time.monotonic() - quiet.BEGAN)


if __name__ == "__main__":
    sys.exit(main())
