"""`parley secrets rotate`: everything is sealed with the new key, also when it is killed on the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from inbox.model.secrets import Unsealable, Vault
from tests.cli.conftest import Parley

SECRET = "app-secret-0123456789abcdef"
SHOP = ("--set=phone_number_id=1", "--set=access_token=EAAG-0123456789", f"--set=app_secret={SECRET}")


@pytest.fixture
def database(parley: Parley) -> Any:
    """The database that the command uses, with a channel and enough like it to take a while."""
    added = parley("channel", "add", "whatsapp", "--id", "shop", *SHOP, "--set=verify_token=hello")
    assert added.exit_code == 0, added.output
    client: Any = MongoClient(os.environ["MONGODB_URI"])
    database = client[os.environ["MONGODB_DB"]]
    shop = database.channels.find_one({"_id": "shop"})
    database.channels.insert_many([{**shop, "_id": f"c{n:04}", "account": f"a{n}"} for n in range(1500)])
    yield database
    client.drop_database(database.name)
    client.close()


def key(tmp_path: Path, name: str = "secret.key") -> str:
    return (tmp_path / "home" / name).read_text().strip()


def sealed_with(database: Any, secret: str) -> int:
    """How many channels' secrets open with this key."""
    return sum(opens(channel["settings"]["app_secret"], secret) for channel in database.channels.find())


def opens(value: str, secret: str) -> bool:
    try:
        return Vault(secret).open(value) == SECRET
    except Unsealable:
        return False


def test_everything_is_sealed_with_the_new_key(parley: Parley, database: Any, tmp_path: Path) -> None:
    old = key(tmp_path)
    done = parley("secrets", "rotate")
    assert done.exit_code == 0, done.output
    assert "1,501 documents" in done.output
    new = key(tmp_path)
    assert new != old and not (tmp_path / "home" / "secret.key.next").exists()
    assert (tmp_path / "home" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert sealed_with(database, new) == 1501 and sealed_with(database, old) == 0
    assert parley("audit", "verify").exit_code == 0
    assert database.audit_log.find_one({"what": "secrets.rotated"})["after"] == {"documents": 1501}


def test_a_rotation_that_was_killed_goes_on(parley: Parley, database: Any, tmp_path: Path) -> None:
    old = key(tmp_path)
    command = [sys.executable, "-m", "inbox.cli", "secrets", "rotate"]
    root = Path(__file__).resolve().parents[2]
    running = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(root)})
    deadline = time.monotonic() + 120
    while running.poll() is None and time.monotonic() < deadline:
        if (tmp_path / "home" / "secret.key.next").exists():
            following = key(tmp_path, "secret.key.next")
            first = database.channels.find_one({"_id": "c0000"})
            if opens(first["settings"]["app_secret"], following):
                break
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert key(tmp_path) == old, "the old key is kept until all is done"
    following = key(tmp_path, "secret.key.next")
    assert 0 < sealed_with(database, following) < 1501
    assert parley("secrets", "rotate").exit_code == 0
    assert key(tmp_path) == following
    assert sealed_with(database, following) == 1501
    assert parley("audit", "verify").exit_code == 0


def test_no_words_hold_a_rotation_up(parley: Parley, database: Any, tmp_path: Path) -> None:
    """Anybody may name a view as if it were sealed; a secret that neither key opens stops it."""
    words = {"_id": "v", "name": "sealed:gAAAAABno-key-opens-this", "query": {"q": "sealed:"}}
    database.views.insert_one(words)
    elsewhere = Vault(key(tmp_path)).seal(SECRET)
    database.teams.insert_one({"_id": "t", "name": elsewhere})
    assert parley("secrets", "rotate").exit_code == 0
    assert database.views.find_one({"_id": "v"}) == words
    assert Vault(key(tmp_path)).open(database.teams.find_one({"_id": "t"})["name"]) == SECRET
    lost = {"$set": {"settings.app_secret": Vault("l" * 40).seal(SECRET)}}
    database.channels.update_one({"_id": "c0007"}, lost)
    assert parley("secrets", "rotate").exit_code == 1


def test_a_key_of_ones_own_is_read_from_a_file(
    parley: Parley, database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = key(tmp_path), "n" * 40
    monkeypatch.setenv("PARLEY_SECRET_KEY", old)
    assert parley("secrets", "rotate").exit_code == 1
    (tmp_path / "short").write_text("short")
    assert parley("secrets", "rotate", "--new-key-file", str(tmp_path / "short")).exit_code == 1
    (tmp_path / "new").write_text(new + "\n")
    done = parley("secrets", "rotate", "--new-key-file", str(tmp_path / "new"))
    assert done.exit_code == 0, done.output
    assert "PARLEY_SECRET_KEY" in done.output
    assert sealed_with(database, new) == 1501
    monkeypatch.setenv("PARLEY_SECRET_KEY", new)
    assert parley("audit", "verify").exit_code == 0
