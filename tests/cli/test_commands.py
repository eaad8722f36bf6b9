"""The command as somebody types it: what it changes, what it prints, how it refuses."""

import gzip
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Parley

WHATSAPP = (
    "--set=phone_number_id=106540352242922",
    "--set=access_token=EAAG-secret-token",
    "--set=app_secret=0123456789abcdef",
    "--set=verify_token=hello",
)


def test_a_user_is_added_and_listed(parley: Parley) -> None:
    added = parley(
        "user",
        "add",
        "Giulia@Example.com",
        "--name",
        "Giulia",
        "--role",
        "admin",
        stdin="a quiet yellow harbour\n",
    )
    assert added.exit_code == 0, added.output
    listed = parley("user", "list").output
    assert "giulia@example.com" in listed
    assert "admin" in listed


def test_a_password_is_made_up_when_asked(parley: Parley) -> None:
    parley("user", "add", "a@example.com", "--generate")
    assert "Password: " in parley("user", "password", "a@example.com", "--generate").output


def test_a_channel_is_added_with_its_webhook_address(parley: Parley) -> None:
    added = parley("channel", "add", "whatsapp", "--id", "shop", "--name", "Shop", *WHATSAPP)
    assert added.exit_code == 0, added.output
    assert added.output.strip().endswith("/hooks/shop")
    listed = parley("channel", "list").output
    assert "Shop" in listed
    assert "secret" not in listed


def test_a_channel_is_switched_off_on_and_removed(parley: Parley) -> None:
    parley("channel", "add", "webchat", "--id", "web")
    assert parley("channel", "disable", "web").exit_code == 0
    assert "off" in parley("channel", "list").output
    assert parley("channel", "enable", "web").exit_code == 0
    assert parley("channel", "remove", "web").exit_code == 0
    assert "web" not in parley("channel", "list").output.splitlines()[-2]


def test_kinds_are_listed_with_what_they_need(bare: Parley) -> None:
    listed = bare("channel", "kinds").output
    assert "phone_number_id" in listed
    assert "required" in listed


def test_a_token_is_shown_once_and_can_be_made_void(parley: Parley) -> None:
    created = parley("token", "create", "till", "--scope", "conversations:read")
    token = created.output.strip()
    assert token.startswith("parley_")
    assert token not in parley("token", "list").output
    assert parley("token", "revoke", "till").exit_code == 0
    assert "till" not in parley("token", "list").output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("channel", "add", "telegram", "--id", "t"), "There is no connector “telegram”"),
        (("channel", "add", "whatsapp", "--id", "w"), "whatsapp also needs: access_token"),
        (("channel", "add", "webchat", "--id", "Not An Id"), "A channel's id has small letters"),
        (("channel", "add", "webchat", "--id", "w", "--set", "colour"), "“colour” is not KEY=VALUE."),
        (
            ("channel", "add", "webchat", "--id", "w", "--set", "colour=red"),
            "webchat has no setting “colour”",
        ),
        (("channel", "remove", "nowhere"), "There is no channel nowhere."),
        (("user", "password", "no@example.com", "--generate"), "There is no user no@example.com"),
        (("user", "add", "no-address", "--generate"), "“no-address” is no mail address."),
        (("user", "add", "a@example.com"), "No password came on standard input"),
        (("token", "create", "x", "--scope", "everything"), "There is no scope “everything”"),
        (("token", "revoke", "x"), "No tokens go by “x”"),
    ],
)
def test_what_it_refuses_it_tells_in_one_line(parley: Parley, words: tuple[str, ...], complaint: str) -> None:
    refused = parley(*words)
    assert refused.exit_code in (1, 2)
    assert refused.exception is None or isinstance(refused.exception, SystemExit)
    assert complaint in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_channel_can_be_added_before_the_first_start(bare: Parley) -> None:
    added = bare("channel", "add", "webchat", "--id", "web")
    assert added.exit_code == 0, added.output
    assert "web" in bare("channel", "list").output


def test_a_mongodb_that_is_not_there_is_told(bare: Parley, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/")
    monkeypatch.setattr("inbox.cli.store.PATIENCE", timedelta(seconds=0.5))
    refused = bare("user", "list")
    assert refused.exit_code == 1
    assert "MongoDB does not answer" in refused.stderr


def test_a_wrong_setting_is_named(bare: Parley, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HTTP_PORT", "eighty")
    refused = bare("user", "list")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("PARLEY_HTTP_PORT: Input should be a valid integer")


def test_a_store_is_prepared_once_however_often_it_is_asked(parley: Parley, tmp_path: Path) -> None:
    file = tmp_path / "run" / "api_token"
    first = parley("prepare", "--token-file", str(file))
    assert "may sign in" in first.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = file.read_text()
    assert parley("prepare", "--token-file", str(file)).output == ""
    assert file.read_text() == token
    parley("token", "revoke", "the bot's actions")
    parley("prepare", "--token-file", str(file))
    assert file.read_text() != token


def test_the_audit_log_is_verified_and_its_end_can_be_noted(parley: Parley) -> None:
    assert "whole: 0 entries" in parley("audit", "verify").output
    assert parley("audit", "head").output.strip() == "0:"
    wrong = parley("audit", "verify", "--expect", "1:abc")
    assert wrong.exit_code == 1
    assert parley("audit", "verify", "--expect", "nonsense").exit_code == 1


def test_what_the_operator_does_is_in_the_audit_log(parley: Parley, tmp_path: Path) -> None:
    parley("user", "add", "ida@example.com", "--generate")
    assert parley("audit", "head").output.startswith("1:")
    parley("user", "password", "ida@example.com", "--generate")
    assert parley("audit", "head").output.startswith("2:")
    assert parley("export", str(tmp_path / "moving")).exit_code == 0
    (told,) = (tmp_path / "moving").glob("inbox.audit_log-*")
    entries = gzip.decompress(told.read_bytes())
    for deed in (b"user.added", b"password.changed", b"archive.exported"):
        assert deed in entries
    assert "whole: 3 entries" in parley("audit", "verify").output
