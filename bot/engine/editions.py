"""The editions beside the first one: other assistants and other languages, each with models of its own.

The inbox lists which there are and by which models they answer; a model is asked for when that has changed.
An edition that cannot be loaded leaves the others, and what it answered by before, alone.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from engine.canary import Canary
from engine.model_server import SECONDS, ModelServer
from engine.models import LOOK_SECONDS, Load
from engine.served import ServedModel

LANES = ("live", "canary")

Listed = dict[str, dict[str, "str | None"]]

log = logging.getLogger("parley.editions")


class Editions:
    """What is loaded of each edition, by its key."""

    def __init__(self, url: str, token: str, keep: Path, load: Load) -> None:
        """`url` is the inbox's address for bots, `keep` where the editions' models are kept."""
        self._url = url
        self._token = token
        self._keep = keep
        self._load = load
        self._held: dict[str, dict[str, Canary]] = {}
        self._etag = ""
        self._listed: Listed | None = None

    def model(self, edition: str, lane: str | None) -> ServedModel | None:
        """The model of a lane; without a canary the live one. None while nothing of the edition is loaded."""
        lanes = self._held.get(edition)
        if lanes is None:
            return None
        tried = lanes["canary"].current if lane == "canary" else None
        return tried or lanes["live"].current

    def loaded(self) -> Iterator[ServedModel]:
        """Every model that is loaded."""
        for lanes in self._held.values():
            yield from (each.current for each in lanes.values() if each.current is not None)

    async def watch(self) -> None:
        """Do what the list says, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Load, exchange and drop models until they are those of the list. Raises nothing."""
        try:
            listed = await asyncio.get_running_loop().run_in_executor(None, self._ask)
        except Exception:
            log.exception("The list of editions is of no use.")
            listed = None
        if listed is None:
            listed = self._listed = self._listed or self._kept()
        before = {id(model) for model in self.loaded()}
        for edition in {*listed, *self._held}:
            for lane in LANES:
                await self._bring(edition, lane, listed.get(edition, {}).get(lane))
        if {id(model) for model in self.loaded()} - before:
            gc.collect()
            gc.freeze()  # as in `Models.begin`

    async def _bring(self, edition: str, lane: str, wanted: str | None) -> None:
        """Let a lane have the model with that SHA-256, or none."""
        if wanted is None and edition not in self._held:
            return
        holder = self._holders(edition)[lane]
        present = holder.current.sealed.sha256 if holder.current else None
        if present == wanted:
            return
        try:
            await holder.look()
        except Exception as error:
            log.error("A model of %s is not used. %s", edition, error)
        if holder.current is not None and holder.current.sealed.sha256 != present:
            log.info("edition %s answers by model %s (%s)", edition, holder.current.sealed.id, lane)

    def _holders(self, edition: str) -> dict[str, Canary]:
        if edition not in self._held:
            self._held[edition] = {
                lane: Canary(
                    ModelServer(
                        f"{self._url}/models/{edition}/{lane}", self._token, self._keep / edition / lane
                    ),
                    self._load,
                )
                for lane in LANES
            }
        return self._held[edition]

    def _ask(self) -> Listed | None:
        """What the inbox lists; None if it cannot be asked. Blocks."""
        headers = {"Authorization": f"Bearer {self._token}", "If-None-Match": self._etag}
        try:
            with urlopen(Request(f"{self._url}/editions", headers=headers), timeout=SECONDS) as answer:  # noqa: S310
                listed: Listed = json.loads(answer.read())["editions"]
                self._listed, self._etag = listed, answer.headers.get("ETag", "")
        except HTTPError as error:
            if error.code != 304:
                return None
        except (OSError, HTTPException):
            return None
        return self._listed

    def _kept(self) -> Listed:
        """What was kept of a run before, for a start without the inbox."""
        found: Listed = {}
        for seal in sorted(self._keep.glob("*/*/parley.json")):
            sha = str(json.loads(seal.read_bytes())["sha256"])
            found.setdefault(seal.parent.parent.name, {})[seal.parent.name] = sha
        return found
