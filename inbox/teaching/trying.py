"""Trying a model: a conversation that nobody has, told whole each time to a process that stores nothing.

The process is started when it is first asked, has a low priority and a bound on its memory like a training,
and ends after a while without questions. It is lost with this process, and nothing with it.
"""

import asyncio
import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import structlog

from connectors.content import Content
from connectors.contract import Clock
from inbox.actions.errors import ActionRefused, Invalid
from inbox.machine.errors import MachineTrouble
from inbox.machine.process import Process, Program, start
from inbox.model.ids import new_id
from inbox.settings import Settings
from inbox.store import Store
from inbox.teaching.evaluating import laid_out
from inbox.teaching.places import Places
from inbox.teaching.training import unpacked
from inbox.teaching.workshop import NICENESS, THREADS, CannotRun

log = structlog.get_logger(__name__)

MOST_SAID = 60
LONGEST = 2_000
_PATIENCE = 180.0
"""Seconds for one question; the first one loads the model."""
_IDLE = 600.0
_WAITING = 8
_KEPT = 4
_LINE = 4 << 20


class TrialAway(ActionRefused):
    """Nothing can be tried now. The text says why."""

    status = 409
    code = "trial_away"


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of the one who tries: typed, or a button with its payload."""

    text: str = ""
    payload: str | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a model. `conversation` only says what may be known from the question before."""

    model_id: str | None
    conversation: str
    said: list[Said]
    kind: str = "webchat"
    language: str | None = None
    edition: str | None = None
    """Whose live model answers without a `model_id`."""


class Trials:
    """Asks the process; at most one of ours runs."""

    def __init__(self, store: Store, settings: Settings, clock: Clock, places: Places) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._places = places
        self._process: Process | None = None
        self._folder: Path | None = None
        self._starting = asyncio.Lock()
        self._laying = asyncio.Lock()
        self._asked = 0
        self._idle: asyncio.TimerHandle | None = None

    @property
    def can_run(self) -> bool:
        """Whether the bot's Python environment is here."""
        bot = self._settings.bot_home
        return (bot / ".venv" / "bin" / "python").exists() and (bot / "try_models.py").exists()

    async def turns(self, question: Question) -> dict[str, Any]:
        """What each message led to. Raises `Invalid`, or `TrialAway` if it cannot be found out now."""
        return await self._ask(question, "turns")

    async def steps(self, question: Question) -> list[dict[str, Any]]:
        """The conversation as the steps of a test story. Raises as `turns` does."""
        steps: list[dict[str, Any]] = (await self._ask(question, "steps"))["steps"]
        return steps

    async def forget(self, sha256: str) -> None:
        """Drop the file of a model that was deleted, if it was tried on this machine."""
        file = self._settings.home / "studio" / "trials" / f"{sha256}.tar.gz"
        await asyncio.to_thread(file.unlink, missing_ok=True)

    async def stop(self) -> None:
        """End the process."""
        if self._idle:
            self._idle.cancel()
        process, folder = self._process, self._folder
        self._process = self._folder = None
        if process:
            await process.stop(patience=1)
        if folder:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _ask(self, question: Question, want: str) -> dict[str, Any]:
        _check(question)
        if not self.can_run:
            raise TrialAway(
                "Models can be tried only on a machine that has the bot's own Python environment."
            )
        if self._asked >= _WAITING:
            raise TrialAway("Too many try a model at this moment. Try again.")
        self._asked += 1
        try:
            model, data = await self._files(question.model_id, question.edition)
            asked = {"model": str(model), "data": str(data), "want": want, **msgspec.to_builtins(question)}
            answer = await asyncio.wait_for(self._told(asked), _PATIENCE)
        except CannotRun as error:
            raise TrialAway(str(error)) from error
        except (OSError, TimeoutError, ValueError, MachineTrouble) as error:
            log.warning("trial failed", error=f"{type(error).__name__}: {error}")
            await self.stop()
            raise TrialAway("The process that tries models does not answer. Try again.") from error
        finally:
            self._asked -= 1
            self._rest()
        if "error" in answer:
            raise TrialAway(f"The model cannot answer: {answer['error']}")
        return answer

    async def _told(self, asked: dict[str, Any]) -> dict[str, Any]:
        path = await self._running()
        reader, writer = await asyncio.open_unix_connection(path, limit=_LINE)
        try:
            writer.write(json.dumps(asked).encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
            return answer
        finally:
            writer.close()

    async def _running(self) -> Path:
        """The socket of the process, which is started unless it runs."""
        async with self._starting:
            if self._process and self._folder and self._process.is_running:
                return self._folder / "socket"
            await self.stop()
            self._folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="parley-try-"))
            path, bot = self._folder / "socket", self._settings.bot_home
            program = Program(
                name="The process that tries models",
                argv=(str(bot / ".venv" / "bin" / "python"), "try_models.py", "--socket", str(path)),
                folder=bot,
                log=self._settings.home / "studio" / "try.log",
                niceness=NICENESS,
                memory=self._settings.training_memory_mb * 1024 * 1024,
                environment=THREADS,
            )
            self._process = await start(program)
            while not path.exists():
                if not self._process.is_running:
                    raise MachineTrouble(self._process.last_words(3))
                await asyncio.sleep(0.05)
            return path

    async def _files(self, model_id: str | None, edition: str | None) -> tuple[Path, Path]:
        """The model on disk, and the data that it was trained on. Raises `CannotRun`."""
        model_id = model_id or (await self._store.publications.present(edition)).model_id
        home = self._settings.home / "studio" / "trials"
        version = await self._store.models.versions.get(model_id) if model_id else None
        if version is None:
            model = await laid_out(self._store, self._settings, model_id, home / "none", edition)
            return model, self._places.folder(edition)
        model, data = home / f"{version.sha256}.tar.gz", home / version.revision[:32]
        async with self._laying:
            await asyncio.to_thread(_make_room, home)
            if not model.exists():
                draft = home / f".{new_id()}"
                await laid_out(self._store, self._settings, version.id, draft)
                draft.replace(model)
            if not data.exists():
                with contextlib.suppress(CannotRun):  # no names of rules are told, then
                    await unpacked(self._store, version.revision, data)
        await asyncio.to_thread(model.touch)
        return model, data

    def _rest(self) -> None:
        """End the process when nobody has asked for a while."""
        if self._idle:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(_IDLE, lambda: loop.create_task(self._stop_if_idle()))

    async def _stop_if_idle(self) -> None:
        if not self._asked:
            await self.stop()


def _check(question: Question) -> None:
    if not 1 <= len(question.said) <= MOST_SAID:
        raise Invalid(f"1 to {MOST_SAID} messages can be tried in one conversation. Start over.")
    for said in question.said:
        if not said.text.strip() and not said.payload:
            raise Invalid("A message needs a text.")
        if len(said.text) > LONGEST or len(said.payload or "") > LONGEST:
            raise Invalid(f"A message has at most {LONGEST:,} characters.")


def _make_room(home: Path) -> None:
    """Keep the few models that were tried last, and their data."""
    home.mkdir(parents=True, exist_ok=True)
    for old in sorted(home.glob("*.tar.gz"), key=_age)[_KEPT:]:
        old.unlink(missing_ok=True)
    for old in sorted(filter(Path.is_dir, home.iterdir()), key=_age)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def is_cut(turn: dict[str, Any]) -> bool:
    """Whether an action was left out in it, which might have said something."""
    return any(not action.get("is_run", True) for action in turn.get("actions", ()))


def replies_of(turn: dict[str, Any]) -> list[Content]:
    """What the bot says in a turn, as contents. Raises `TrialAway` for what no channel knows."""
    try:
        return msgspec.convert(turn.get("replies", []), list[Content])
    except msgspec.ValidationError as error:
        raise TrialAway(f"The model's answer is not understood: {error}") from error
