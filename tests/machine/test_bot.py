"""The bot as the machine sees it: when it must be trained, and how it is wired."""

import json
import socket
from pathlib import Path

import pytest

from inbox.machine import bot
from inbox.machine.errors import MachineTrouble
from inbox.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A bot's folder and data with nothing in them yet."""
    data, home = tmp_path / "nlu_data", tmp_path / "bot"
    for folder in (data / "nlu", data / "tests", home / "components", home / "models"):
        folder.mkdir(parents=True)
    (data / "nlu" / "orders.yml").write_text("nlu: []\n")
    (home / "config.yml").write_text("pipeline: []\n")
    return Settings(home=tmp_path / "home", bot_home=home, nlu_data=data)


def test_whatever_training_reads_changes_the_fingerprint(settings: Settings) -> None:
    seen = {bot.fingerprint(settings)}
    for file in (
        settings.nlu_data / "nlu" / "orders.yml",
        settings.nlu_data / "domain.yml",
        settings.bot_home / "config.yml",
        settings.bot_home / "uv.lock",
        settings.bot_home / "components" / "tokens.py",
    ):
        file.write_text(f"another {file.name}")
        seen.add(bot.fingerprint(settings))
    (settings.nlu_data / "domain.yml").rename(settings.nlu_data / "renamed.yml")
    seen.add(bot.fingerprint(settings))
    assert len(seen) == 7


def test_test_stories_do_not_make_it_train(settings: Settings) -> None:
    before = bot.fingerprint(settings)
    (settings.nlu_data / "tests" / "stories.yml").write_text("stories: []\n")
    assert bot.fingerprint(settings) == before


def test_a_model_counts_only_with_its_seal(settings: Settings) -> None:
    assert bot.trained_on(settings) is None
    (settings.bot_models / "parley.json").write_text(json.dumps({"data_fingerprint": "abc"}))
    assert bot.trained_on(settings) is None
    (settings.bot_models / "parley.tar.gz").write_bytes(b"")
    assert bot.trained_on(settings) == "abc"


def test_taken_ports_give_way_to_free_ones(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        busy = settings.model_copy(update={"bot_url": f"http://127.0.0.1:{taken}"})
        wiring = bot.wire(busy, mongodb_uri="mongodb://m", api_token="t")
        assert wiring.bot_port not in (0, taken)


def test_a_bot_that_others_look_for_takes_no_other_port(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = settings.model_copy(update={"bot_url": f"http://127.0.0.1:{port}"})
        with pytest.raises(MachineTrouble, match=f"Port {port}, where the inbox looks for the bot, is taken"):
            bot.wire(busy, mongodb_uri="mongodb://m", api_token="t", exactly=True)


def test_a_bot_elsewhere_is_not_ours_to_run(settings: Settings) -> None:
    assert bot.is_ours(settings)
    assert not bot.is_ours(settings.model_copy(update={"bot_url": "http://bot.internal:5005"}))


def test_a_missing_environment_is_told_with_its_remedy(settings: Settings) -> None:
    with pytest.raises(MachineTrouble, match="make setup"):
        bot.check_environment(settings)
