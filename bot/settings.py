"""What the bot's processes read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "nlu_data"
MIN_TOKEN = 16


class SettingMissing(Exception):
    """A setting without which the bot must not start. The message names it."""


@dataclass(frozen=True)
class Settings:
    """Every setting of the bot and its action server, with its default."""

    token: str
    host: str
    port: int
    processes: int
    models: Path
    model_server: str
    mongodb_uri: str
    mongodb_db: str
    keep_days: float
    actions_url: str
    actions_host: str
    actions_port: int
    action_seconds: float

    @classmethod
    def read(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """The settings in `env`; raises ValueError when a number is not one."""
        actions_port = int(env.get("PARLEY_ACTIONS_PORT", "5055"))
        return cls(
            token=env.get("PARLEY_BOT_TOKEN", ""),
            host=env.get("PARLEY_BOT_HOST", "127.0.0.1"),
            port=int(env.get("PARLEY_BOT_PORT", "5005")),
            processes=int(env.get("PARLEY_BOT_PROCESSES", "1")),
            model_server=env.get("PARLEY_BOT_MODEL_SERVER", "").rstrip("/"),
            mongodb_uri=env.get("PARLEY_BOT_MONGODB_URI", ""),
            mongodb_db=env.get("PARLEY_BOT_MONGODB_DB", "parley_bot"),
            keep_days=float(env.get("PARLEY_BOT_KEEP_DAYS", "0")),
            models=Path(env.get("PARLEY_BOT_MODELS", str(HERE / "models"))),
            actions_url=env.get("PARLEY_ACTIONS_URL", f"http://127.0.0.1:{actions_port}/webhook"),
            actions_host=env.get("PARLEY_ACTIONS_HOST", "127.0.0.1"),
            actions_port=actions_port,
            action_seconds=float(env.get("PARLEY_ACTION_SECONDS", "6")),
        )


def required_token(env: Mapping[str, str] = os.environ) -> str:
    """The bearer token that the inbox sends. Raises `SettingMissing` when absent or guessable."""
    token = env.get("PARLEY_BOT_TOKEN", "")
    if len(token) < MIN_TOKEN:
        raise SettingMissing(
            f"PARLEY_BOT_TOKEN must be set to a secret of at least {MIN_TOKEN} characters: "
            "without it anyone on this machine could speak as a customer."
        )
    return token
