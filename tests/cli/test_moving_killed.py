"""`kill -9` of real exports and imports on their way: who goes on has every document, once and as it was."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import bson
import pytest
from pymongo import MongoClient

from inbox.model.ids import new_id
from tests.cli.conftest import Parley

MANY = 4_000
OWN = {"meta", "imports", "audit_log", "audit_head", "changes"}
"""What an installation writes for itself when it is moved into."""


def test_a_move_that_is_killed_again_and_again_is_a_whole_one(
    parley: Parley, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(int(os.environ.get("PARLEY_FAULTS_SEED", "1")))
    assert parley("user", "add", "giulia@example.com", "--generate").exit_code == 0
    monkeypatch.setenv("PARLEY_ARCHIVE_PASSWORD", "correct horse battery")
    folder, client = tmp_path / "moving", MongoClient[Any](os.environ["MONGODB_URI"])
    with client:
        here = client[os.environ["MONGODB_DB"]]
        for name in ("quarantine", "messages"):
            here[name].insert_many(_documents(name))
        killed_at(["export", str(folder), "--encrypt"], lambda: _bytes_in(folder), chance.uniform(0, 30_000))
        assert parley("export", str(folder), "--encrypt").exit_code == 0
        before = _all(here)
        monkeypatch.setenv("MONGODB_DB", f"test_{new_id()}")
        there = client[os.environ["MONGODB_DB"]]
        killed_at(["import", str(folder)], lambda: _count(there), chance.uniform(0, 1.8 * MANY))
        taken = parley("import", str(folder))
        assert taken.exit_code == 0, taken.output
        found = _all(there)
        assert found.keys() >= before.keys()
        for name, documents in before.items():
            assert found[name] == documents, f"{name} is not as it was"
        assert parley("audit", "verify").exit_code == 0
        client.drop_database(there.name)


def killed_at(words: list[str], done: Callable[[], float], enough: float) -> None:
    """Run a command in a process of its own and kill it once it has done more than so much."""
    argv = [sys.executable, "-m", "inbox.cli", *words]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            while process.poll() is None and done() <= enough:
                time.sleep(0.002)
        finally:
            process.kill()
        output, _ = process.communicate()
    assert process.returncode in (-9, 0), output.decode()


def _documents(name: str) -> list[dict[str, Any]]:
    return [
        {"_id": f"{name} {n:06}", "conversation_id": "c", "seq": n, "words": f"{n} grüße " * 20}
        for n in range(MANY)
    ]


def _bytes_in(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # it has its own name by now
            size += path.stat().st_size if path.is_file() else 0
    return size


def _count(database: Any) -> int:
    return sum(database[name].estimated_document_count() for name in ("quarantine", "messages"))


def _all(database: Any) -> dict[str, list[bytes]]:
    names = sorted(set(database.list_collection_names()) - OWN)
    return {name: sorted(map(bson.encode, database[name].find())) for name in names}
