"""An installation moves to another database, and a person is erased, by the command."""

import os
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from inbox.model.ids import new_id
from tests.cli.conftest import Parley


def test_an_installation_moves_house(parley: Parley, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parley("user", "add", "giulia@example.com", "--generate")
    folder = str(tmp_path / "moving")
    monkeypatch.setenv("PARLEY_ARCHIVE_PASSWORD", "too short")
    refused = parley("export", folder, "--encrypt")
    assert refused.exit_code == 1 and "at least 12 characters" in refused.output
    monkeypatch.setenv("PARLEY_ARCHIVE_PASSWORD", "correct horse battery")
    exported = parley("export", folder, "--encrypt")
    assert exported.exit_code == 0, exported.output
    assert "documents of" in exported.output and "The secret key is not" in exported.output
    assert parley("import", folder).exit_code == 1, "it is in use"
    monkeypatch.setenv("MONGODB_DB", f"test_{new_id()}")
    monkeypatch.setenv("PARLEY_ARCHIVE_PASSWORD", "another horse battery")
    refused = parley("import", folder)
    assert refused.exit_code == 1 and "not the archive's password" in refused.output
    monkeypatch.setenv("PARLEY_ARCHIVE_PASSWORD", "correct horse battery")
    taken = parley("import", folder)
    assert taken.exit_code == 0, taken.output
    assert "giulia@example.com" in parley("user", "list").output
    assert parley("import", folder).exit_code == 0, "again changes nothing"
    assert parley("audit", "verify").exit_code == 0
    assert imports_noted() == 1
    monkeypatch.setenv("MONGODB_DB", f"test_{new_id()}")
    monkeypatch.setenv("PARLEY_SECRET_KEY", "another key that has more than enough characters")
    refused = parley("import", folder)
    assert refused.exit_code == 1 and "--other-key" in refused.output
    assert parley("import", folder, "--other-key").exit_code == 0
    assert parley("import", str(tmp_path / "nothing")).exit_code == 1


def imports_noted() -> int:
    client: Any = MongoClient(os.environ["MONGODB_URI"])
    with client:
        found = client[os.environ["MONGODB_DB"]].audit_log.count_documents({"what": "archive.imported"})
    return int(found)


def test_an_invitation_is_printed_as_a_link_and_noted(parley: Parley) -> None:
    invited = parley("user", "invite", "new@example.com", "--role", "supervisor")
    assert invited.exit_code == 0, invited.output
    assert "/join/" in invited.output and "new@example.com" in invited.output
    assert parley("user", "invite", "new@example.com", "--role", "king").exit_code == 1
    client: Any = MongoClient(os.environ["MONGODB_URI"])
    with client:
        entry = client[os.environ["MONGODB_DB"]].audit_log.find_one({"what": "invitation.added"})
    assert entry["kind"] == "system" and entry["after"]["role"] == "supervisor"


def test_nobody_is_erased_who_is_not_known(parley: Parley) -> None:
    refused = parley("erase", "+390000000000", "--yes")
    assert refused.exit_code == 1 and "Nobody is known as +390000000000" in refused.output
