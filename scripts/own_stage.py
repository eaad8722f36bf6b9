"""A running Parley for a script's own use: with its bot, in a folder that is gone afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.request import urlopen

from inbox.machine.ports import free_port

BOT_SECONDS = 300


class Stage(NamedTuple):
    """A running Parley, and who signs in."""

    url: str
    email: str
    password: str


@contextmanager
def own_stage() -> Iterator[Stage]:
    """A Parley of one's own with an admin called Marco, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="parley-pictures-") as folder:
        stage = Stage(f"http://localhost:{free_port()}", "marco@example.com", "correct horse battery")
        environment = os.environ | {
            "PARLEY_HOME": folder,
            "PARLEY_HTTP_PORT": stage.url.rpartition(":")[2],
            "PARLEY_BOT_URL": f"http://127.0.0.1:{free_port()}",
            "PARLEY_ACTIONS_PORT": str(free_port()),
            "PARLEY_ADMIN_PASSWORD": stage.password,
            "MONGODB_URI": "",
        }
        parley = subprocess.Popen([sys.executable, "-m", "inbox.cli", "up"], cwd=folder, env=environment)
        try:
            _wait_for_bot(stage.url, parley)
            _add_marco(stage, environment)
            yield stage
        finally:
            parley.send_signal(signal.SIGINT)
            parley.wait(30)


def _add_marco(stage: Stage, environment: dict[str, str]) -> None:
    command = (sys.executable, "-m", "inbox.cli", "user", "add", stage.email, "--name", "Marco Rossi")
    subprocess.run(  # noqa: S603
        [*command, "--role", "admin"], input=stage.password, text=True, env=environment, check=True
    )


def _wait_for_bot(url: str, parley: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + BOT_SECONDS
    while time.monotonic() < deadline and parley.poll() is None:
        try:
            with urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310
                if b'"bot":"ready"' in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"{url} did not get ready.")
