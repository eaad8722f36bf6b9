"""Run the action server: `python -m actions`, on loopback. Settings: `bot/README.md`."""

from __future__ import annotations

import quiet  # noqa: F401 - first: what it sets must stand before Rasa is imported

import socket
import sys

from rasa_sdk.endpoint import create_app
from sanic import Sanic

from actions.orders_api import orders
from settings import Settings
from wordless import log_to_stderr


def main() -> int:
    """Serve the actions until told to stop. Returns an exit status; 2 is a wrong setting."""
    log_to_stderr()
    settings = Settings.read()
    try:
        door = socket.create_server((settings.actions_host, settings.actions_port), backlog=256)
    except OSError as error:
        where = f"{settings.actions_host}:{settings.actions_port}"
        print(f"parley actions: cannot listen on {where}: {error.strerror}.", file=sys.stderr)
        return 2
    # No page in a browser has any business here.
    app = create_app("actions", cors_origins=[])
    app.register_listener(_close, "before_server_stop")
    app.run(sock=door, access_log=False, motd=False)
    return 0


async def _close(app: Sanic, loop: object) -> None:
    await orders().close()


if __name__ == "__main__":
    sys.exit(main())
