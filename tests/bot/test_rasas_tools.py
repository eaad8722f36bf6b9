"""What a newcomer types out of `bot/README.md`, "Rasa's own commands"."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from model_files import model_path
from running import BOT

HEADING = "## Rasa's own commands"
AT_A_TERMINAL = ("shell", "interactive")
"""They wait for somebody who types: `test_shell.py` types into the first."""
TOO_LONG = ("--cross-validation",)
"""Trains five times; `test_data.py` runs `rasa test nlu` without it."""


def commands() -> list[list[str]]:
    """Every `rasa` command of that part of the README, without the program."""
    part = (BOT / "README.md").read_text().split(HEADING)[1]
    block = re.search(r"```sh\n(.*?)```", part, re.S)
    assert block
    lines = [line for line in block[1].splitlines() if line.startswith(".venv/bin/rasa ")]
    return [shlex.split(line)[1:] for line in lines]


ENDING = [one for one in commands() if one[0] not in AT_A_TERMINAL and not set(TOO_LONG) & set(one)]


def rasa(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    environment |= {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "INFO", **more}
    command = [sys.executable, "-m", "rasa", *arguments]
    return subprocess.run(command, cwd=BOT, env=environment, capture_output=True, text=True, input="")


@pytest.mark.parametrize("command", ENDING, ids=" ".join)
def test_a_command_of_the_readme_works(command: list[str], models: Path, tmp_path: Path) -> None:
    instead = {"models/parley.tar.gz": str(model_path(models))}
    given = [instead.get(word, word.replace("/tmp/", f"{tmp_path}/")) for word in command]
    if given[:2] == ["test", "core"]:
        given += ["--out", str(tmp_path / "core")]
    done = rasa(*given, PARLEY_ACTIONS_URL="http://127.0.0.1:1/")
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "Traceback" not in said, said[-3_000:]
    if given[:2] == ["test", "core"]:
        assert "None of the test stories failed" in (tmp_path / "core/failed_test_stories.yml").read_text()
    if given[0] == "visualize":
        assert "digraph" in (tmp_path / "stories.html").read_text()
    if given[0] == "train":
        assert (tmp_path / "tried/tried.tar.gz").is_file()


@pytest.mark.parametrize("name", AT_A_TERMINAL)
def test_what_needs_mongodb_says_so(name: str, models: Path) -> None:
    command = next(one for one in commands() if one[0] == name)
    given = [str(model_path(models)) if word == "models/parley.tar.gz" else word for word in command]
    done = rasa(*given, PARLEY_ACTIONS_URL="http://127.0.0.1:1/")
    said = done.stdout + done.stderr
    assert done.returncode != 0, said[-3_000:]
    assert any("PARLEY_BOT_MONGODB_URI must name the MongoDB server" in line for line in said.splitlines())
