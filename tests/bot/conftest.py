"""A trained model, kept between runs, and the processes that serve it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, combinations
from pathlib import Path

import pytest
from pymongo import MongoClient

from running import BOT, ROOT, Bot, Customer, Orders, Process, free_port, mongod_binary, titles

TOPICS = (
    "delivery warranty discount refund invoice exchange opening address stock card cancel price shop colour"
)
"""Two or three of them in one message may well mean two things."""
CACHE = ROOT / "var" / "tests" / "bot"


@pytest.fixture(scope="session")
def models() -> Path:
    """A folder with a model of the data as it is now; trained when the data changed."""
    fingerprint = _fingerprint()
    folder = CACHE / fingerprint
    if not (folder / "parley.json").is_file():
        done = subprocess.run(
            [sys.executable, "train.py", "--out", folder, "--fingerprint", fingerprint],
            cwd=BOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MongoDB server's address."""
    if uri := os.environ.get("PARLEY_TEST_MONGODB_URI"):
        yield uri
        return
    folder = tmp_path_factory.mktemp("mongod")
    port = free_port()
    command = [mongod_binary(), "--dbpath", str(folder), "--port", str(port)]
    server = Process([*command, "--bind_ip", "127.0.0.1"], {}, folder / "log")
    server.start()
    uri = f"mongodb://127.0.0.1:{port}"
    client: MongoClient[dict[str, object]] = MongoClient(uri, serverSelectionTimeoutMS=30_000)
    client.admin.command("ping")
    client.close()
    yield uri
    server.stop()


@pytest.fixture(scope="session")
def orders() -> Iterator[Orders]:
    """The orders API."""
    api = Orders()
    yield api
    api.stop()


@pytest.fixture(scope="session")
def bot(
    models: Path, mongodb_uri: str, orders: Orders, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bot]:
    """The bot with everything around it, shared by the tests."""
    running = Bot(models, mongodb_uri, orders, tmp_path_factory.mktemp("logs"))
    try:
        running.start()
        yield running
    finally:
        running.stop()
        client: MongoClient[dict[str, object]] = MongoClient(mongodb_uri)
        client.drop_database(running.database)
        client.close()


@pytest.fixture
def customer(bot: Bot) -> Customer:
    """Somebody who has said nothing yet."""
    return Customer(bot)


@pytest.fixture(scope="session")
def doubtful(bot: Bot) -> str:
    """Words that may mean two things. What a model doubts depends on the processor that it was trained on:
    eight-bit vectors differ in the third digit."""
    for text in map(" ".join, chain(combinations(TOPICS.split(), 2), combinations(TOPICS.split(), 3))):
        if len(titles(Customer(bot).says(text))) > 2:
            return text
    raise AssertionError("The bot doubts nothing.")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    data = [*(ROOT / "nlu_data").glob("*.yml"), *(ROOT / "nlu_data" / "nlu").glob("*.yml")]
    for path in sorted([*data, BOT / "config.yml", *(BOT / "components").glob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
