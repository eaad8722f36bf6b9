"""Several bots at one model server: all take the new model, and no conversation that is under way breaks."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import models as watching
from engine.batches import Batches
from engine.model_server import ModelServer
from engine.models import Models
from engine.served import ServedModel
from test_model_server import TOKEN, Inbox

REPLICAS = 5
CONVERSATIONS = 15
FEW = 3
"""Turns that each conversation has before the switch and after it."""


class Small(ServedModel):
    """A model that answers with its own name; begun, retired and closed as every model is."""

    def __init__(self, name: str, sealed: Any) -> None:
        self.sealed = sealed
        self._parses = Batches(lambda texts: [{"by": name, "text": text} for text in texts], "parse")
        self._turns = 0
        self._is_retired = False


async def load(path: Path, sealed: Any) -> Any:
    return Small(path.read_text(), sealed)  # noqa: ASYNC240


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A model server with a model."""
    server = Inbox()
    server.model = b"old"
    yield server
    server.stop()


async def turn(replica: Models, text: str) -> str:
    """A turn that asks the model twice, with others' turns and perhaps a switch between."""
    model = replica.current
    assert model is not None
    with model.in_use():
        first = await model.parse(text)
        await asyncio.sleep(0)
        second = await model.parse(text)
    assert first == second and first["text"] == text
    return str(first["by"])


def test_replicas_switch_while_customers_write(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.1)  # two seconds with customers

    async def story() -> float:
        replicas = [
            Models(ModelServer(inbox.url, TOKEN, tmp_path / str(n), None), load) for n in range(REPLICAS)
        ]
        await asyncio.gather(*(replica.begin() for replica in replicas))
        watchers = [asyncio.create_task(replica.watch()) for replica in replicas]
        answers: list[list[tuple[int, str]]] = [[] for _ in range(CONVERSATIONS)]

        async def write(number: int) -> None:
            """A conversation goes from bot to bot, as their balancer has it, until it had its turns."""
            told, at = answers[number], 0
            while sum(by == "new" for _, by in told) < FEW * REPLICAS:
                where = (number + at) % REPLICAS
                told.append((where, await turn(replicas[where], f"turn {at} of {number}")))
                at += 1
                await asyncio.sleep(0.002)

        writers = [asyncio.create_task(write(number)) for number in range(CONVERSATIONS)]
        while min(map(len, answers)) < FEW:
            await asyncio.sleep(0.01)
        inbox.model, began = b"new", time.monotonic()
        while any(replica.current.sealed.sha256 == old for replica in replicas if replica.current):
            await asyncio.sleep(0.01)
        took = time.monotonic() - began
        await asyncio.gather(*writers)
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        for told in answers:
            assert [by for _, by in told][:FEW] == ["old"] * FEW
            for where in range(REPLICAS):  # one that has switched does not go back
                by = [name for place, name in told if place == where]
                assert by == sorted(by, reverse=True) and by[-1] == "new"
        return took

    old = hashlib.sha256(b"old").hexdigest()
    took = asyncio.run(story())
    print(f"{REPLICAS} replicas had switched after {took:.2f} s")
    # Each took each model's bytes once; otherwise it heard that what it has is still the one.
    assert inbox.asked.count(200) == 2 * REPLICAS
    assert set(inbox.asked) == {200, 304}
