"""The job that trains: from a snapshot of the data to a model that never changes."""

import asyncio
import contextlib
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.contract import Clock
from inbox.actions.errors import AlreadyThere
from inbox.model.training import Job, ModelVersion
from inbox.store import Store
from inbox.teaching.pruning import prune
from inbox.teaching.snapshot import unpack
from inbox.teaching.workshop import CannotRun, Task

_ABANDONED = timedelta(hours=1)
"""How old the bytes of no model are when nobody can be at them any more."""


class Training:
    """Trains into the job's own folder; the bot that answers customers knows nothing of it."""

    def __init__(self, store: Store, clock: Clock, models_kept: int) -> None:
        self._store = store
        self._clock = clock
        self._models_kept = models_kept

    async def prepare(self, job: Job, folder: Path) -> Task:
        """Lay the data out. Raises `CannotRun`."""
        await unpacked(self._store, job.revision, folder / "data")
        out, began = folder / "out", time.monotonic()
        argv = ("train.py", "--data", str(folder / "data"), "--out", str(out), "--fingerprint", job.revision)

        async def done() -> dict[str, Any]:
            version = await self._keep(job, out, time.monotonic() - began)
            near = await asyncio.to_thread(_near, out)
            return {"model_id": version.id, "scores": version.scores, "near": near}

        return Task(argv, done)

    async def _keep(self, job: Job, out: Path, seconds: float) -> ModelVersion:
        """Keep the model. The same job's model kept again is the same document."""
        sealed = json.loads((out / "parley.json").read_bytes())
        model = out / "parley.tar.gz"
        with await asyncio.to_thread(model.open, "rb") as file:
            await self._store.models.keep(sealed["sha256"], file)
        version = ModelVersion(
            id=job.id,
            rasa_id=sealed["id"],
            sha256=sealed["sha256"],
            size=model.stat().st_size,
            revision=job.revision,
            edition=job.edition,
            trained_at=self._clock(),
            author=job.asked_by,
            seconds=round(seconds, 1),
            scores=await asyncio.to_thread(_scores, out),
        )
        await self._store.models.versions.put(version)
        await self._store.models.drop_unclaimed(self._clock() - _ABANDONED)
        with contextlib.suppress(AlreadyThere):  # the next training drops what has become too old
            await prune(self._store, self._clock, job.edition, self._models_kept)
        return version


async def unpacked(store: Store, revision: str, folder: Path) -> None:
    """Write the data of that revision below `folder`. Raises `CannotRun` without it."""
    snapshot = await store.models.data.get(revision)
    if snapshot is None:
        raise CannotRun("The data that this was to work on is gone.")
    await asyncio.to_thread(unpack, snapshot, folder)


def _near(out: Path) -> list[Any]:
    """Examples of different intents that mean nearly the same; nothing where no vectors are to be had."""
    try:
        found: list[Any] = json.loads((out / "near.json").read_bytes())
    except FileNotFoundError:
        return []
    return found


def _scores(out: Path) -> dict[str, Any]:
    """What training found out by holding examples out, at the thresholds that it chose."""
    try:
        learnt: dict[str, Any] = json.loads((out / "understanding.json").read_bytes())
    except FileNotFoundError:  # too few examples to hold any out
        return {}
    at = next((p for p in learnt["curve"] if p["threshold"] == learnt["threshold"]), None)
    chosen = {name: at[name] for name in ("right", "wrong", "strangers_caught")} if at else {}
    return {"threshold": learnt["threshold"], "ambiguity": learnt["ambiguity"], **chosen}
