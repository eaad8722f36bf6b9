"""The jobs that judge: examples held out, test stories, and real turns replayed through another model."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.content import Choice, Text
from connectors.contract import Clock
from inbox.model.message import Message
from inbox.model.training import Job
from inbox.settings import Settings
from inbox.store import Store
from inbox.teaching.masking import masked
from inbox.teaching.training import unpacked
from inbox.teaching.workshop import CannotRun, Task

MOST_TURNS = 5_000


class Judging:
    """Prepares the three kinds of job."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    async def evaluate(self, job: Job, folder: Path) -> Task:
        """Teach a part of the examples and ask about the rest."""
        await unpacked(self._store, job.revision, folder / "data")
        out, folds = folder / "result.json", int(job.options.get("folds", 0))
        argv = ("evaluate.py", "--data", str(folder / "data"), "--out", str(out), "--folds", str(folds))
        return Task(argv, _read(out))

    async def stories(self, job: Job, folder: Path) -> Task:
        """Play the test stories with a model, by default the live one."""
        await unpacked(self._store, job.revision, folder / "data")
        model = await laid_out(
            self._store, self._settings, job.options.get("model_id"), folder / "model.tar.gz", job.edition
        )
        out = folder / "result.json"
        argv = ("stories.py", "--model", str(model), "--data", str(folder / "data"), "--out", str(out))
        return Task(argv, _read(out))

    async def replay(self, job: Job, folder: Path) -> Task:
        """Let a model and the live one decide anew about real turns."""
        turns = await self._turns(timedelta(hours=int(job.options.get("hours", 24))), job.edition)
        if not turns:
            raise CannotRun("The bot had no turn in that time.")
        names = ("model_id", "against_id")
        models = [
            await laid_out(
                self._store, self._settings, job.options.get(name), folder / f"{name}.tar.gz", job.edition
            )
            for name in names
        ]
        file, out = folder / "turns.jsonl", folder / "result.json"
        await asyncio.to_thread(file.write_text, "\n".join(map(json.dumps, turns)))
        argv = ("replay.py", "--model", str(models[0]), "--against", str(models[1]))
        read = _read(out)

        async def done() -> dict[str, Any]:
            """With what customers wrote masked, entities' values too: designers may read no conversation."""
            result = await read()
            items = [{**item, "text": masked(item["text"])} for item in result["items"]]
            for item in items:
                del item["conversation"]
                for entity in (*item["candidate"]["entities"], *item["live"]["entities"]):
                    entity["value"] = masked(str(entity["value"]))
            return result | {"items": items}

        return Task((*argv, "--turns", str(file), "--out", str(out)), done)

    async def _turns(self, span: timedelta, edition: str | None) -> list[dict[str, Any]]:
        """An edition's turns since then, the oldest first; of too many, the newest."""
        found = []
        async for message in self._store.understood.since(self._clock() - span, MOST_TURNS, edition):
            if text := said_in(message):
                turn = {"conversation": message.conversation_id, "message": message.id, "text": text}
                found.append(turn)
        return found[::-1]


def said_in(message: Message) -> str | None:
    """What the bot was told by the turn that ended with this message; None if it was no text."""
    match message.content:
        case Choice(payload=payload) if payload and payload.startswith("/"):
            return payload
        case Choice(title=title):
            return title
        case Text(text=text):
            told = (message.parse or {}).get("text")
            return told if isinstance(told, str) and told else text
        case _:
            return None


async def laid_out(
    store: Store, settings: Settings, model_id: str | None, file: Path, edition: str | None = None
) -> Path:
    """A model's file: of that version, or the one of the edition that is live now. Raises `CannotRun`."""
    model_id = model_id or (await store.publications.present(edition)).model_id
    if model_id is None:
        own = settings.bot_models / "parley.tar.gz"
        if edition is not None or not own.is_file():
            raise CannotRun("No model is live yet: activate one first.")
        return own
    version = await store.models.versions.get(model_id)
    if version is None:
        raise CannotRun("There is no such model any more.")
    with await asyncio.to_thread(file.open, "wb") as out:
        async for chunk in store.models.read(version.sha256):
            await asyncio.to_thread(out.write, chunk)
    return file


def _read(out: Path) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def read() -> dict[str, Any]:
        result: dict[str, Any] = await asyncio.to_thread(lambda: json.loads(out.read_bytes()))
        return result

    return read
