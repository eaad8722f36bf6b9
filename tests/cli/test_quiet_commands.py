"""No command, and no process that cannot start, shows a password that stands in an address or a setting."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inbox.machine.ports import free_port
from tests.cli.conftest import Parley

SECRETS = {
    "MONGODB_URI": "mongodb-password-0123456789",
    "REDIS_URL": "redis-password-0123456789",
    "PARLEY_SECRET_KEY": "secret-key-0123456789-0123456789",
    "PARLEY_ADMIN_PASSWORD": "admin-password-0123456789",
}


def addresses(mongodb: str) -> dict[str, str]:
    """The environment of an operator whose addresses hold passwords that nobody takes."""
    host = mongodb.split("://")[1]
    return SECRETS | {
        "MONGODB_URI": f"mongodb://parley:{SECRETS['MONGODB_URI']}@{host}",
        "REDIS_URL": f"redis://parley:{SECRETS['REDIS_URL']}@127.0.0.1:{free_port()}/0",
        "PARLEY_LOG_LEVEL": "debug",
    }


@pytest.mark.parametrize("words", [("doctor",), ("settings",), ("settings", "--markdown"), ("user", "list")])
def test_a_command_shows_no_secret(
    bare: Parley,
    mongodb: str,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="inbox")
    for name, value in addresses(mongodb).items():
        monkeypatch.setenv(name, value)
    result = bare(*words)
    told = f"{result.output}{result.exception!r}{caplog.text}"
    for name, secret in SECRETS.items():
        assert secret not in told, name


def test_a_server_that_cannot_start_logs_no_secret(mongodb: str, tmp_path: Path) -> None:
    where = {"PARLEY_HOME": str(tmp_path), "PARLEY_HTTP_PORT": str(free_port())}
    ran = subprocess.run(
        [sys.executable, "-m", "inbox.cli", "serve"],
        env={**os.environ, **addresses(mongodb), **where},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    told = ran.stdout + ran.stderr
    assert ran.returncode != 0 and told
    for name, secret in SECRETS.items():
        assert secret not in told, name
