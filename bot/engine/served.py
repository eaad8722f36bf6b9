"""One loaded model, with everything that answers by it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.utils.endpoints import EndpointConfig

from dialogue import TurnProcessor
from engine.batches import Batches
from journal.collection import Journal
from journal.live import Live
from journal.tracker import BoundedTracker
from model_files import Sealed

WARM_UP = ("hello", "Where is my order 48213? I have been waiting since Monday.")

log = logging.getLogger("parley.model")


class ServedModel:
    """Answers until it is retired, and then until the turns that it has begun are done."""

    def __init__(self, sealed: Sealed, processor: TurnProcessor, journal: Journal) -> None:
        self.sealed = sealed
        self.processor = processor
        self.journal = journal
        self.live = Live(journal, processor.domain)
        self._parses: Batches[str, dict[str, Any]] = Batches(self._parse_all, "parse")
        self._turns = 0
        self._is_retired = False

    @classmethod
    def load(cls, model: Path, sealed: Sealed, journal: Journal, actions: EndpointConfig) -> ServedModel:
        """Read the model from disk and try it. Blocks for seconds; raises when it cannot be used."""
        began = time.monotonic()
        served = cls(sealed, TurnProcessor.of(model, actions), journal)
        served._parse_all(list(WARM_UP))
        served._predict_once()
        log.info("model %s loaded in %.1f s", sealed.id, time.monotonic() - began)
        return served

    @cached_property
    def description(self) -> dict[str, Any]:
        """The model's id and the time of its training, as the inbox is told."""
        metadata = self.processor.model_metadata
        trained_at = f"{metadata.trained_at.isoformat(timespec='seconds')}+00:00"
        return {"id": metadata.model_id, "trained_at": trained_at}

    async def parse(self, text: str) -> dict[str, Any]:
        """What `text` means: intent, ranking, entities. Computed with what others ask meanwhile."""
        return await self._parses.ask(text)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """While a turn runs on it."""
        self._turns += 1
        try:
            yield
        finally:
            self._turns -= 1
            self._close_if_done()

    def retire(self) -> None:
        """Take no more turns. Its threads end with the last turn that it has begun."""
        self._is_retired = True
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._is_retired and not self._turns:
            self._parses.close()

    def _parse_all(self, texts: list[str]) -> list[dict[str, Any]]:
        return self.processor.parse_all([UserMessage(text) for text in texts])

    def _predict_once(self) -> None:
        """A prediction on an imaginary conversation; runs no action."""
        tracker = BoundedTracker("warm-up", self.processor.domain.slots)
        parse = self.processor.parse_all([UserMessage(WARM_UP[0])])[0]
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        tracker.update(UserUttered(WARM_UP[0], parse["intent"], parse["entities"], parse))
        self.processor.predict_next_with_tracker_if_should(tracker)


async def loaded(model: Path, sealed: Sealed, journal: Journal, actions: EndpointConfig) -> ServedModel:
    """`ServedModel.load` beside the event loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, ServedModel.load, model, sealed, journal, actions)
