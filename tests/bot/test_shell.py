"""`rasa shell` on our model and our journal, in a terminal of its own."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

from pymongo import MongoClient

from model_files import model_path
from running import BOT, Bot, free_port

SECONDS = 150
DOWN = "\x1b[B"


class Terminal:
    """A program at a terminal."""

    def __init__(self, argv: list[str], env: dict[str, str]) -> None:
        self.said = ""
        self._process, self._screen = pty.fork()
        if self._process == 0:
            os.chdir(BOT)
            os.execve(argv[0], argv, env)

    def until(self, pattern: str) -> None:
        """Wait until what was said since the last time matches."""
        end = time.monotonic() + SECONDS
        since = len(self.said)
        while not re.search(pattern, self.said[since:]):
            assert time.monotonic() < end, f"{pattern} was not said: {self.said[-2000:]}"
            if select.select([self._screen], [], [], 0.5)[0]:
                self.said += os.read(self._screen, 65_536).decode(errors="replace")
                if "\x1b[6n" in self.said[-200:]:  # where is the cursor? prompt_toolkit asks
                    os.write(self._screen, b"\x1b[1;1R")

    def type(self, line: str) -> None:
        os.write(self._screen, line.encode() + b"\r")

    def end(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._screen)


def test_a_designer_talks_to_the_bot_in_rasa_shell(models: Path, mongodb_uri: str, bot: Bot) -> None:
    database = f"{bot.database}_shell"
    env = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "PARLEY_ACTIONS_URL": bot.actions_url,
        "PARLEY_BOT_MONGODB_URI": mongodb_uri,
        "PARLEY_BOT_MONGODB_DB": database,
        "TERM": "xterm",
    }
    files = ["--endpoints", "endpoints.yml", "--port", str(free_port())]
    shell = Terminal([sys.executable, "-m", "rasa", "shell", "--model", str(model_path(models)), *files], env)
    client: MongoClient[dict[str, object]] = MongoClient(mongodb_uri)
    try:
        shell.until("Your input")
        shell.type("where is my order?")
        shell.until("Type out your own message")  # below the button that is offered
        shell.type(DOWN)
        shell.until("Your input")
        shell.type("48213")
        shell.until("is on its way")
        entries = list(client[database]["journal"].find().sort("_id", 1))
        assert len(entries) >= 2 and [entry["_id"]["n"] for entry in entries] == list(range(len(entries)))
    finally:
        shell.end()
        client.drop_database(database)
        client.close()
