"""`parley doctor`: what is wrong is found, and the remedy stands beside it."""

import socket
from pathlib import Path

import pytest
from redis.asyncio import Redis

from inbox.cli import checkup
from tests.cli.conftest import Parley
from tests.parley import settings_for
from tests.redis import a_redis


def test_a_fresh_machine_is_well(bare: Parley) -> None:
    report = bare("doctor")
    assert report.exit_code == 0, report.output
    assert "starts with `parley up`" in report.output
    assert "fail" not in report.output


def test_a_running_store_is_looked_at(parley: Parley) -> None:
    parley("channel", "add", "webchat", "--id", "web")
    report = parley("doctor").output
    assert "replica set parley" in report
    assert "web: on" in report


def test_a_live_channel_needs_a_public_https_address(parley: Parley) -> None:
    given = ("phone_number_id", "access_token", "app_secret", "verify_token")
    words = [f"--set={name}=1" for name in given]
    assert parley("channel", "add", "whatsapp", "--id", "shop", *words).exit_code == 0
    report = parley("doctor")
    assert report.exit_code == 1
    assert "Set PARLEY_PUBLIC_URL to the https address" in report.output


@pytest.mark.parametrize(
    ("name", "value", "finding", "remedy"),
    [
        ("MONGODB_URI", "mongodb://127.0.0.1:1/", "MongoDB         It cannot be used", "unset MONGODB_URI"),
        ("REDIS_URL", "redis://127.0.0.1:1/", "Redis           It does not answer", "unset REDIS_URL"),
        ("PARLEY_BOT_HOME", "/nonexistent", "There is no Rasa in /nonexistent", "make setup"),
        ("PARLEY_HOME", "/proc/parley", "/proc/parley cannot be written", "Set PARLEY_HOME"),
    ],
)
def test_what_is_broken_fails_with_a_remedy(
    bare: Parley, monkeypatch: pytest.MonkeyPatch, name: str, value: str, finding: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    report = bare("doctor")
    assert report.exit_code == 1
    assert finding in report.output
    assert remedy in report.output


def test_a_misspelled_setting_is_a_warning(bare: Parley, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HTP_PORT", "80")
    report = bare("doctor")
    assert report.exit_code == 0
    assert "PARLEY_HTP_PORT is no setting" in report.output


def test_a_taken_port_is_named(bare: Parley, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PARLEY_HTTP_PORT", str(port))
        report = bare("doctor")
    assert report.exit_code == 1
    assert f"{port} is taken by" in report.output


def test_a_secret_that_others_may_read_fails(bare: Parley, tmp_path: Path) -> None:
    bare("doctor")
    (tmp_path / "home" / "bot.token").chmod(0o644)
    report = bare("doctor")
    assert report.exit_code == 1
    assert "chmod 600" in report.output


async def test_a_redis_that_carries_nothing_for_us_is_told_of(mongodb: str, tmp_path: Path) -> None:
    async with a_redis(tmp_path) as server:
        client = Redis.from_url(server.url)
        rights = ("on", ">secret", "~*", "+@all", "-publish", "-subscribe")
        await client.execute_command("ACL", "SETUSER", "deaf", *rights)
        await client.aclose()
        settings = settings_for(mongodb, tmp_path, redis_url=server.url.replace("//", "//deaf:secret@"))
        (finding,) = await checkup.redis(settings)
        assert finding.grade is checkup.Grade.FAIL
        assert "It refuses" in finding.text and "+publish" in finding.remedy
        (finding,) = await checkup.redis(settings.model_copy(update={"redis_url": server.url}))
        assert finding.text == "It answers"
