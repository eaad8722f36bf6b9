"""A new model while customers write."""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from model_files import check
from running import Bot, Customer, Orders, a_turn, wait_until, words
from sealing import sealed_anew

SWAPS = 6
WARM = 2
"""Swaps after which memory is measured: the first ones fill caches."""
MAX_GROWTH_MB = 8.0


@pytest.fixture(scope="module")
def swapping(
    models: Path, mongodb_uri: str, orders: Orders, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Bot, Path]]:
    """A bot of its own, and the folder that it watches."""
    folder = tmp_path_factory.mktemp("models")
    for file in models.glob("parley*"):
        shutil.copy(file, folder)
    bot = Bot(folder, mongodb_uri, orders, tmp_path_factory.mktemp("logs"))
    try:
        bot.start()
        yield bot, folder
    finally:
        bot.stop()


def model_of(bot: Bot) -> str:
    return str(bot.http.get("/health").json()["model"]["id"])


def megabytes(bot: Bot) -> float:
    status = Path(f"/proc/{bot.rasa.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def test_nobody_waits_for_a_new_model_and_no_memory_is_lost(models: Path, swapping: tuple[Bot, Path]) -> None:
    """Customers write without a pause while one model follows the other."""
    bot, folder = swapping
    customer = Customer(bot)
    customer.says("I want to return something")
    answers: list[tuple[str, float]] = []
    troubles: list[Any] = []
    done = threading.Event()

    def write() -> None:
        with httpx.Client(headers=bot.http.headers, timeout=60) as http:
            conversation = uuid.uuid4().hex
            while not done.is_set():
                began = time.monotonic()
                answer = http.post(f"{bot.http.base_url}turn", json=a_turn(conversation, text="thanks a lot"))
                if answer.status_code != 200 or not answer.json()["replies"]:
                    troubles.append(answer.text)
                    return
                answers.append((answer.json()["model"]["id"], time.monotonic() - began))

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    held = []
    for number in range(SWAPS):
        sealed_anew(models, folder, f"model-{number}")
        wait_until(lambda name=f"model-{number}": model_of(bot) == name, seconds=90, what="the new model")
        time.sleep(1.5)  # what the old one held is given back a second after
        held.append(megabytes(bot))
    done.set()
    for writer in writers:
        writer.join(60)
    assert not troubles
    assert {name for name, _ in answers} >= {f"model-{n}" for n in range(SWAPS)}
    assert (held[-1] - held[WARM]) / (SWAPS - 1 - WARM) < MAX_GROWTH_MB, held
    # The form went on, on a model that was not there when it began.
    assert "reason" in words(customer.says("48213")) and customer.says("it is broken")["active_form"]


def test_a_model_that_cannot_be_used_is_not(models: Path, swapping: tuple[Bot, Path]) -> None:
    bot, folder = swapping
    sealed_anew(models, folder, "the-good-one")
    wait_until(lambda: model_of(bot) == "the-good-one", seconds=90, what="the good model")

    def with_a_foreign_part(metadata: dict[str, Any]) -> None:
        next(iter(metadata["predict_schema"]["nodes"].values()))["uses"] = "subprocess.Popen"

    def with_a_part_that_is_not_there(metadata: dict[str, Any]) -> None:
        next(iter(metadata["predict_schema"]["nodes"].values()))["uses"] = "rasa.core.agent.Nothing"

    said = ("subprocess.Popen", "Nothing", "is not the model")
    for number, words_of_it in enumerate(said):
        changes = (with_a_foreign_part, with_a_part_that_is_not_there, lambda metadata: None)
        sealed_anew(models, folder, f"bad-{number}", changes[number])
        if number == 2:
            check(folder)[0].write_bytes(b"somebody else's")
        wait_until(lambda: words_of_it in bot.rasa.log.read_text(), seconds=60, what=words_of_it)  # noqa: B023
        assert model_of(bot) == "the-good-one"
        assert Customer(bot).says("hello")["replies"]
