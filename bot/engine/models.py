"""Which model answers, and exchanging it for a newer one without a pause."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from engine.memory import give_back
from engine.served import ServedModel
from model_files import ModelUnusable, Sealed, check, glance

LOOK_SECONDS = 2.0

Found = TypeVar("Found")

Load = Callable[[Path, Sealed], Awaitable[ServedModel]]

log = logging.getLogger("parley.models")


class ModelSource(Protocol):
    """Where models come from: a folder; a model server can be another."""

    def has_changed(self) -> bool:
        """Whether there may be another model than at the last `fetch`. Asked all the time; may block."""

    def fetch(self) -> tuple[Path, Sealed]:
        """The present model on disk, its bytes checked against its seal. Raises `ModelUnusable`. Blocks."""


class ModelFolder:
    """The folder that training seals its models into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None

    def has_changed(self) -> bool:
        """Whether another seal lies in the folder."""
        return self.glance() != self._seen

    def glance(self) -> object:
        """Something that differs once another model lies there."""
        return glance(self._folder)

    def fetch(self) -> tuple[Path, Sealed]:
        """The sealed model. Raises `ModelUnusable`."""
        self._seen = glance(self._folder)
        return check(self._folder)


class Models:
    """The model that answers now. There is none until `begin` has come back."""

    def __init__(self, source: ModelSource, load: Load) -> None:
        """`load` reads a checked model and tries it."""
        self._source = source
        self._load = load
        self.current: ServedModel | None = None

    async def begin(self) -> None:
        """Load the first model. Raises when there is none that can be used."""
        self.current = await self._load(*await self._fetched())
        gc.collect()
        gc.freeze()  # what a model is made of lives as long as the model: no use looking through it

    async def watch(self) -> None:
        """Exchange the model whenever the source has another, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self.current is not None and await self._apart(self._source.has_changed):
                    await self.exchange()
            except Exception as error:
                kept = self.current.sealed.id if self.current else "none"
                quiet = isinstance(error, ModelUnusable)
                log.error("The new model is not used; %s stays. %s", kept, error, exc_info=not quiet)

    async def exchange(self) -> bool:
        """Load what the source has beside what answers now, then switch; whether it was another model.

        Turns that have begun end on the old one. Raises, and changes nothing, when it cannot be used.
        """
        path, sealed = await self._fetched()
        if self.current is not None and sealed.sha256 == self.current.sealed.sha256:
            return False
        gc.collect()  # so that the new one is not laid out around what nobody needs any more
        new = await self._load(path, sealed)
        self._switch(new)
        log.info("model %s answers from now on", sealed.id)
        return True

    def _switch(self, new: ServedModel | None) -> None:
        old, self.current = self.current, new
        if old is not None:
            old.retire()
            del old
            asyncio.get_running_loop().call_later(1, give_back)

    async def _fetched(self) -> tuple[Path, Sealed]:
        return await self._apart(self._source.fetch)

    async def _apart(self, work: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(None, work)
