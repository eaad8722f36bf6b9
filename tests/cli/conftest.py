"""The command, run in a folder of its own against a database of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inbox.cli import app
from inbox.machine.ports import free_port
from inbox.model.ids import new_id

Parley = Callable[..., Result]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Parley:
    """Runs `parley` with the given words where nothing is set up: no MongoDB, an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARLEY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PARLEY_HTTP_PORT", str(free_port()))
    monkeypatch.setenv("PARLEY_BOT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("MONGODB_URI", raising=False)
    runner = CliRunner(env={"COLUMNS": "200"})

    def run(*words: str, stdin: str = "") -> Result:
        return runner.invoke(app, words, input=stdin)

    return run


@pytest.fixture
def parley(bare: Parley, mongodb: str, monkeypatch: pytest.MonkeyPatch) -> Parley:
    """Runs `parley` with an empty database."""
    monkeypatch.setenv("MONGODB_URI", mongodb)
    monkeypatch.setenv("MONGODB_DB", f"test_{new_id()}")
    return bare
