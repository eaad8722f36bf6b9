"""The bot's processes: training when the data changed, Rasa, and the action server.

They run in the bot's own environment and are known only by their commands; see `bot/README.md`.
"""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port, holder, is_free
from inbox.machine.process import Process, Program, start
from inbox.machine.voice import Voice
from inbox.machine.web import answering, local_address
from inbox.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOAD_SECONDS = 300
HEALTH = "/webhooks/parley/health"
"""Answers 200 to whoever shows the bot's token, once the model is loaded."""
STEP = re.compile(r"^train: +(.+)$", re.MULTILINE)
"""How the training tells what it is at."""


class Wiring(NamedTuple):
    """How the bot's processes reach the rest."""

    mongodb_uri: str
    api_token: str
    bot_port: int
    actions_port: int


class Part(NamedTuple):
    """One of the bot's processes, and the request that answers 200 once it can be used."""

    program: Program
    health: str
    headers: Mapping[str, str] = {}


def is_ours(settings: Settings) -> bool:
    """Whether the bot is to run on this machine; else PARLEY_BOT_URL names one that runs elsewhere."""
    return urlsplit(settings.bot_url).hostname in LOOPBACK


def wire(settings: Settings, *, mongodb_uri: str, api_token: str, exactly: bool = False) -> Wiring:
    """Choose ports: the ones in the settings, or others where those are taken.

    `exactly` is for a bot that others look for where the settings say: raises `MachineTrouble` when
    somebody else is there.
    """
    wish = urlsplit(settings.bot_url).port or 5005
    if exactly and not is_free(wish):
        by = f" by {who}" if (who := holder(wish)) else ""
        raise MachineTrouble(
            f"Port {wish}, where the inbox looks for the bot, is taken{by}. End that, or set "
            "PARLEY_BOT_URL to another port here and for the inbox."
        )
    return Wiring(mongodb_uri, api_token, free_port(wish), free_port(settings.actions_port))


def fingerprint(settings: Settings) -> str:
    """SHA-256 of everything that training reads: data, configuration, components, versions."""
    digest = hashlib.sha256()
    for name, file in sorted(_sources(settings)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{name}\0{content}\n".encode())
    return digest.hexdigest()


def trained_on(settings: Settings) -> str | None:
    """The fingerprint of what the present model was trained on; None without a model."""
    models = settings.bot_models
    try:
        sealed = json.loads((models / "parley.json").read_bytes())
    except (OSError, ValueError):
        return None
    return sealed.get("data_fingerprint") if (models / "parley.tar.gz").is_file() else None


def check_environment(settings: Settings) -> None:
    """Raise `MachineTrouble` unless the bot's Python environment and training data are there."""
    if not os.access(_python(settings), os.X_OK):
        raise MachineTrouble(
            f"The bot's Python environment is missing: there is no {_python(settings)}. Run `make setup`; "
            "it needs Python 3.10. Or start without the bot: parley up --no-bot"
        )
    if not settings.nlu_data.is_dir():
        raise MachineTrouble(f"There is no training data at {settings.nlu_data}. Set PARLEY_NLU_DATA.")


async def train(settings: Settings, voice: Voice) -> None:
    """Train a new model from the data as it is now. Raises `MachineTrouble` with the end of the log."""
    check_environment(settings)
    what = Program(
        name="The training",
        argv=_training(settings),
        folder=settings.bot_home,
        log=settings.home / "log" / "training.log",
        niceness=10,
    )
    with voice.busy("Training the bot …") as progress:
        process = await start(what)
        try:
            end = asyncio.create_task(process.ended())
            while not end.done():
                await asyncio.wait({end}, timeout=0.5)
                if steps := STEP.findall(process.last_words(200)):
                    progress.at(f"Training the bot: {steps[-1]}")
        finally:
            await process.stop()
    if end.result() != 0:
        said = "\n".join(STEP.findall(process.last_words(60))[-12:]) or process.last_words()
        raise MachineTrouble(f"The bot's training failed:\n{said}\nIts log is {what.log}.")


def parts(settings: Settings, wiring: Wiring) -> tuple[Part, ...]:
    """The processes that make up the bot: the action server, and Rasa with the model."""
    actions = _in_bot(settings, wiring, name="The action server", run=("-m", "actions"))
    rasa = _in_bot(settings, wiring, name="The bot", run=("serve.py",))
    proof = {"Authorization": f"Bearer {settings.bot_secret()}"}
    return (
        Part(actions, f"http://127.0.0.1:{wiring.actions_port}/health"),
        Part(rasa, f"http://127.0.0.1:{wiring.bot_port}{HEALTH}", proof),
    )


def evaluation(settings: Settings) -> tuple[str, ...]:
    """The command that plays the test stories with the present model; to be run in PARLEY_BOT_HOME."""
    model = settings.bot_models / "parley.tar.gz"
    stories = settings.nlu_data / "tests"
    out = settings.home / "evaluation"
    rasa = ("-m", "rasa", "test", "core", "--model", model, "--stories", stories, "--out", out)
    return (str(_python(settings)), *(str(part) for part in rasa))


async def launch(part: Part) -> Process:
    """Start one of them and wait until it answers. Raises `MachineTrouble`."""
    process = await start(part.program)
    await answering(process, part.health, headers=part.headers, within=LOAD_SECONDS)
    return process


def _training(settings: Settings) -> tuple[str, ...]:
    options = {
        "--data": settings.nlu_data,
        "--out": settings.bot_models,
        "--fingerprint": fingerprint(settings),
    }
    return (str(_python(settings)), "train.py", *(str(part) for option in options.items() for part in option))


def _in_bot(settings: Settings, wiring: Wiring, *, name: str, run: tuple[str, ...]) -> Program:
    environment = {
        "PARLEY_BOT_TOKEN": settings.bot_secret(),
        "PARLEY_BOT_HOST": "127.0.0.1",
        "PARLEY_BOT_PORT": str(wiring.bot_port),
        "PARLEY_BOT_MODELS": str(settings.bot_models),
        "PARLEY_BOT_MODEL_SERVER": f"{local_address(settings)}/api/v1/bot/models",
        "PARLEY_BOT_MONGODB_URI": wiring.mongodb_uri,
        "PARLEY_BOT_MONGODB_DB": f"{settings.mongodb_db}_bot",
        "PARLEY_ACTIONS_HOST": "127.0.0.1",
        "PARLEY_ACTIONS_PORT": str(wiring.actions_port),
        "PARLEY_ACTIONS_URL": f"http://127.0.0.1:{wiring.actions_port}/webhook",
        "PARLEY_API_BASE": local_address(settings),
        "PARLEY_API_TOKEN": wiring.api_token,
    }
    return Program(
        name=name,
        argv=(str(_python(settings)), *run),
        folder=settings.bot_home,
        log=settings.home / "log" / f"{name.removeprefix('The ').replace(' ', '-')}.log",
        environment=environment,
    )


def _python(settings: Settings) -> Path:
    return settings.bot_home / ".venv" / "bin" / "python"


def _sources(settings: Settings) -> Iterator[tuple[str, Path]]:
    for file in settings.nlu_data.rglob("*"):
        name = file.relative_to(settings.nlu_data).as_posix()
        if file.suffix in (".yml", ".yaml") and not name.startswith("tests/"):
            yield f"nlu_data/{name}", file
    bot = settings.bot_home
    for file in (bot / "config.yml", bot / "uv.lock", *(bot / "components").rglob("*.py")):
        if file.is_file():
            yield f"bot/{file.relative_to(bot).as_posix()}", file
