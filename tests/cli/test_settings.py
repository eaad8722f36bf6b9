"""Settings: each one documented, each wrong one named, secrets made once and shown to nobody."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from inbox import keyfiles
from inbox.cli.settings import page
from inbox.settings import Settings, WrongSettings, load, masked, misspelled, variable
from tests.cli.conftest import Parley

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_means(name: str) -> None:
    meaning = Settings.model_fields[name].description
    assert meaning and meaning.endswith("."), name


def test_the_page_of_settings_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page() + "\n", (
        "Run: parley settings --markdown > docs/settings.md"
    )


def test_the_list_shows_names_and_values_but_no_secret(bare: Parley, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_ADMIN_PASSWORD", "open sesame")
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:sesame@db.example.com/")
    listed = bare("settings").output
    assert all(variable(name) in listed for name in Settings.model_fields)
    values = "".join(line.rsplit("│", 2)[1].strip() for line in listed.splitlines() if line.count("│") > 3)
    assert "db.example.com" in values  # a long one goes on in the next line
    assert "sesame" not in values and "sesame" not in listed


def test_another_process_gets_the_very_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = Settings(
        http_port=1234,
        home=tmp_path,
        mongodb_uri="mongodb://m/?replicaSet=parley",
        bot_token=SecretStr("a token of some length"),
        rehearsal=True,
        trusted_proxies="10.0.0.0/8, 127.0.0.1",
    )
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)
    assert load() == given


def test_the_public_address_follows_the_port() -> None:
    assert Settings(_env_file=None, http_port=9999).public_url == "http://localhost:9999"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PARLEY_HTTP_PORT", "eighty", "PARLEY_HTTP_PORT: Input should be a valid integer"),
        ("PARLEY_PUBLIC_URL", "shop.example.com", "PARLEY_PUBLIC_URL: it must begin with http"),
        ("PARLEY_TRUSTED_PROXIES", "the proxy", "PARLEY_TRUSTED_PROXIES: 'the proxy' does not appear"),
        ("PARLEY_SECRET_KEY", "too short", "PARLEY_SECRET_KEY: Value should have at least 32 items"),
        ("PARLEY_LOG_LEVEL", "loud", "PARLEY_LOG_LEVEL: Input should be 'debug'"),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as refused:
        load()
    assert str(refused.value).startswith(complaint)
    assert "\n" not in str(refused.value)


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = Settings(home=tmp_path / "home", secret_key=None)
    second = Settings(home=tmp_path / "home", secret_key=None)
    assert len(first.secret()) >= 32
    assert first.secret() == second.secret()
    assert first.bot_secret() != first.secret()
    mode = stat.S_IMODE((tmp_path / "home" / "secret.key").stat().st_mode)
    assert mode == 0o600
    assert {file.name for file in (tmp_path / "home").iterdir()} == {"bot.token", "secret.key"}


def test_of_two_that_make_a_secret_at_once_one_wins(tmp_path: Path) -> None:
    keep = keyfiles._keep
    assert keep("first", tmp_path / "key") == "first"
    assert keep("second", tmp_path / "key") == "first"


def test_a_given_secret_is_written_nowhere(tmp_path: Path) -> None:
    given = Settings(home=tmp_path / "home", secret_key=SecretStr("x" * 32))
    assert given.secret() == "x" * 32
    assert not (tmp_path / "home").exists()


def test_a_password_in_an_address_is_masked() -> None:
    assert masked("redis://:secret@cache:6379/0") == "redis://:••••••••@cache:6379/0"
    assert masked(SecretStr("secret")) == "••••••••"


def test_a_misspelled_setting_is_noticed() -> None:
    names = {"PARLEY_HTP_PORT": "1", "PARLEY_HTTP_PORT": "1", "PARLEY_BOT_HOST": "bot", "HOME": "/"}
    assert misspelled(names) == ["PARLEY_HTP_PORT"]
