"""Every setting of Parley, read from the environment and `.env`; `parley settings` lists them.

A setting's `description` is its documentation: the table in `docs/settings.md` is made from it.
"""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from inbox.keyfiles import given_or_kept

SOURCES = Path(__file__).resolve().parent.parent
"""Where `bot/` and `nlu_data/` lie in a clone."""

MIB = 1024 * 1024

OF_THE_BOT = ("PARLEY_BOT_", "PARLEY_ACTION", "PARLEY_API_")
"""What the bot's own processes read; see `bot/README.md`."""


class WrongSettings(Exception):
    """A setting has a value that cannot be used. The text names it and says what is wrong."""


def shown(text: str) -> dict[str, Any]:
    """What the list of settings says for a default that is worked out."""
    return {"default": text}


class Settings(BaseSettings):
    """All settings, checked and unchanging. Given to whoever needs them, never looked up from afar."""

    model_config = SettingsConfigDict(
        env_prefix="PARLEY_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    http_host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every one.")
    http_port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        default_factory=lambda given: f"http://localhost:{given['http_port']}",
        json_schema_extra=shown("http://localhost:PARLEY_HTTP_PORT"),
        description="Where browsers and providers reach Parley. Webhook addresses begin with it.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of reverse proxies whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed, separated by commas.",
    )
    home: Path = Field(
        Path("var"),
        description="Folder for what Parley keeps on this machine: the embedded MongoDB's data, generated "
        "secrets, logs.",
    )

    mongodb_uri: str | None = Field(
        None,
        validation_alias="MONGODB_URI",
        json_schema_extra=shown("a MongoDB that `parley up` starts"),
        description="MongoDB to use. It must be a replica set, for the transactions.",
    )
    mongodb_db: str = Field(
        "parley", validation_alias="MONGODB_DB", description="Name of the database in MongoDB."
    )
    mongod_cache_mb: int = Field(
        512, ge=256, description="Cache of the MongoDB that `parley up` starts, in MiB."
    )
    redis_url: str | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis that carries live events between several Parley processes. "
        "Not needed for a single one.",
    )

    admin_email: str = Field(
        "admin@example.com", description="The first admin, made when nobody may log in yet."
    )
    admin_password: SecretStr | None = Field(
        None,
        json_schema_extra=shown("generated and printed once"),
        description="The first admin's password.",
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        json_schema_extra=shown("generated into PARLEY_HOME/secret.key"),
        description="Signs visitors' tokens and encrypts channels' credentials; 32 characters or more. "
        "The same for all processes.",
    )

    secret_key_file: Path | None = Field(
        None, description="File with the secret key, as orchestrators give it. PARLEY_SECRET_KEY goes first."
    )

    bot_url: str = Field("http://127.0.0.1:5005", description="Where the Rasa bot is reached.")
    bot_token: SecretStr | None = Field(
        None,
        min_length=16,
        json_schema_extra=shown("generated into PARLEY_HOME/bot.token"),
        description="What the inbox shows the bot to be let in.",
    )
    bot_timeout: float = Field(
        8, gt=0, description="Seconds that the bot has for an answer before a human takes over."
    )
    bot_start: float = Field(
        300,
        ge=0,
        description="Seconds after the inbox's start in which turns wait for a bot that has not answered "
        "yet: it may be training or loading. 0 for no bot.",
    )
    bot_home: Path = Field(
        SOURCES / "bot",
        json_schema_extra=shown("`bot/` beside the code"),
        description="Folder of the Rasa project, with its own Python environment in `.venv/`.",
    )
    bot_models: Path = Field(
        default_factory=lambda given: given["bot_home"] / "models",
        json_schema_extra=shown("`models/` in PARLEY_BOT_HOME"),
        description="Folder of the bot's trained model.",
    )
    nlu_data: Path = Field(
        SOURCES / "nlu_data",
        json_schema_extra=shown("`nlu_data/` beside the code"),
        description="Folder of the bot's training data.",
    )
    assistants: Path = Field(
        default_factory=lambda given: given["nlu_data"].parent / "assistants",
        json_schema_extra=shown("`assistants/` beside PARLEY_NLU_DATA"),
        description="Folder of further assistants' and languages' training data, each in "
        "`<assistant>/<language>/`.",
    )
    languages: str = Field(
        "",
        description="Languages that customers write, such as `en,it,hi`. With two or more, a conversation's "
        "is told by the customer's first words, which costs about 55 MiB for three.",
    )
    actions_port: int = Field(
        5055, ge=1, le=65535, description="Port of the bot's action server, which listens on 127.0.0.1 only."
    )

    training_memory_mb: int = Field(
        4096, ge=512, description="Memory that a training or an evaluation of the studio may take, in MiB."
    )

    models_kept: int = Field(
        30,
        ge=0,
        description="Models of an edition that the studio keeps, the newest, of about 20 MB each. Older ones "
        "are deleted after a training, but for those in use. 0 to keep all.",
    )

    rehearsal: bool = Field(
        False,
        json_schema_extra=shown("no; yes under `parley up`"),
        description="Offer /rehearsal, stand-ins for the providers that let every channel be tried "
        "without an account.",
    )
    reopen_hours: float = Field(
        24,
        ge=0,
        description="Hours after a conversation was resolved in which the customer's next message reopens "
        "it; later ones begin a new conversation.",
    )
    requests_per_second: float = Field(
        100,
        gt=0,
        description="Requests that one network address may make, which many agents of one office share; "
        "four times as many at once. Webhooks have no such limit.",
    )
    private_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Networks that are not public and may be called all the same where somebody gives an "
        "address (webhooks, sign-in), separated by commas: 10.1.0.0/16. Without any, none is, and webhooks "
        "need https.",
    )
    max_body: int = Field(
        4 * MIB, ge=64 * 1024, description="Largest request body, in bytes; Meta's webhooks reach 3 MB."
    )
    max_file: int = Field(100 * MIB, ge=64 * 1024, description="Largest file that is kept or sent, in bytes.")
    max_text: int = Field(8000, ge=1, description="Longest text that may be sent, in characters.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight of what is logged: debug, info, warning or error."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How logs look: json, text, or auto for text on a terminal and json elsewhere."
    )

    @field_validator("trusted_proxies", "private_networks", mode="before")
    @classmethod
    def _networks(cls, given: object) -> object:
        if isinstance(given, str):
            return tuple(ip_network(part.strip()) for part in given.split(",") if part.strip())
        return given

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, given: object) -> object:
        return given.lower() if isinstance(given, str) else given

    @field_validator("public_url", "bot_url")
    @classmethod
    def _address(cls, given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it must begin with http:// or https:// and a host's name")
        return given.rstrip("/")

    @field_validator("home", "bot_home", "bot_models", "nlu_data", "assistants")
    @classmethod
    def _absolute(cls, given: Path) -> Path:
        return given.expanduser().absolute()

    def secret(self) -> str:
        """The secret key. Without PARLEY_SECRET_KEY the one in a file, which is made on first use."""
        return given_or_kept(self.secret_key, self.secret_key_file or self.home / "secret.key")

    def bot_secret(self) -> str:
        """The token that the bot asks for. Without PARLEY_BOT_TOKEN the one in PARLEY_HOME."""
        return given_or_kept(self.bot_token, self.home / "bot.token")

    def environment(self) -> dict[str, str]:
        """The environment variables that give another process these very settings."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {variable(name): _written(value) for name, value in values if value is not None}


def load() -> Settings:
    """The settings of this process. Raises `WrongSettings`."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [e for e in error.errors() if e["type"] != "default_factory_not_called"]
        raise WrongSettings("\n".join(_complaint(e["loc"], e["msg"]) for e in wrong)) from error


def variable(name: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"PARLEY_{name.upper()}"


def misspelled(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that look like settings of ours and are none."""
    known = {variable(name) for name in Settings.model_fields}
    strange = (name for name in environ if name.startswith("PARLEY_") and name not in known)
    return sorted(name for name in strange if not name.startswith(OF_THE_BOT))


def default_of(field: FieldInfo) -> str:
    """A setting's default as documentation shows it; the same on every machine."""
    if isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra["default"])
    return "" if field.default is None else _written(field.default)


def secrets_among(fields: Mapping[str, FieldInfo] = Settings.model_fields) -> frozenset[str]:
    """The environment variables that hold secrets, or addresses with a password in them."""
    sealed = {name for name, field in fields.items() if "SecretStr" in str(field.annotation)}
    return frozenset(variable(name) for name in sealed | {"mongodb_uri", "redis_url"})


def masked(value: object) -> str:
    """A setting's value as a person may see it: no secret, no password in an address."""
    if isinstance(value, SecretStr):
        return "••••••••"
    if value is None:
        return ""
    written = _written(value)
    password = urlsplit(written).password if "://" in written else None
    return written.replace(f":{password}@", ":••••••••@") if password else written


def _written(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0])
    known = variable(name) if name in Settings.model_fields else name
    return f"{known}: {message.removeprefix('Value error, ')}."
