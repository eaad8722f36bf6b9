"""Serve the bot to the inbox: `python serve.py`. Settings: `README.md`."""

from __future__ import annotations

import quiet

import asyncio
import logging
import os
import socket
import sys
import time

from rasa.core.run import configure_app
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic

from dialogue import TurnAgent, TurnProcessor
from inbox_channel import InboxChannel
from model_files import ModelUnusable, check, model_path
from settings import SettingMissing, Settings
from tracker_store import ConversationStore

MAX_BODY = 1 << 20

log = logging.getLogger("parley.serve")


def main() -> int:
    """Listen at once, load the model meanwhile. Returns an exit status; 2 is a wrong setting."""
    configure_structlog(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, force=True, stream=sys.stderr)
    logging.getLogger("parley").setLevel(logging.INFO)
    try:
        settings = Settings.read()
        channel = InboxChannel.from_credentials(None)
        check(settings.models)
        door = socket.create_server((settings.host, settings.port), backlog=256)
    except (SettingMissing, ModelUnusable, ValueError) as error:
        print(f"parley bot: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"parley bot: cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
            file=sys.stderr,
        )
        return 2
    application(channel, settings).run(sock=door, access_log=False, motd=False)
    return 0


def application(channel: InboxChannel, settings: Settings) -> Sanic:
    """Rasa's server with our channel alone: its own HTTP API is not there to be attacked."""
    app = configure_app([channel], cors=None, enable_api=False, route="/webhooks/")
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.agent = None

    async def load(app: Sanic) -> None:
        try:
            agent = await asyncio.get_running_loop().run_in_executor(None, loaded, settings)
            await agent.parse_message("hello")
        except Exception:
            log.exception("The model could not be loaded.")
            os._exit(3)  # the supervisor restarts us; a server that can never be ready helps nobody
        app.ctx.agent = agent
        log.info("ready after %.1f s, model %s", time.monotonic() - quiet.BEGAN, agent.model_id)

    app.add_task(load)
    return app


def loaded(settings: Settings) -> TurnAgent:
    """An agent with the checked model, our store and our actions."""
    check(settings.models)
    TurnProcessor.action_seconds = settings.action_seconds
    agent = TurnAgent(
        tracker_store=ConversationStore(Domain.empty()),
        action_endpoint=EndpointConfig(settings.actions_url, enable_selective_domain=True),
    )
    agent.load_model(model_path(settings.models))
    return agent


if __name__ == "__main__":
    sys.exit(main())
