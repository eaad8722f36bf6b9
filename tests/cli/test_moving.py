"""An installation moves to another database, and a person is erased, by the command."""

from pathlib import Path

import pytest

from inbox.model.ids import new_id
from tests.cli.conftest import Parley


def test_an_installation_moves_house(parley: Parley, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parley("user", "add", "giulia@example.com", "--generate")
    folder = str(tmp_path / "moving")
    exported = parley("export", folder)
    assert exported.exit_code == 0, exported.output
    assert "documents of" in exported.output and "The secret key is not" in exported.output
    assert parley("import", folder).exit_code == 1, "it is in use"
    monkeypatch.setenv("MONGODB_DB", f"test_{new_id()}")
    taken = parley("import", folder)
    assert taken.exit_code == 0, taken.output
    assert "giulia@example.com" in parley("user", "list").output
    monkeypatch.setenv("MONGODB_DB", f"test_{new_id()}")
    monkeypatch.setenv("PARLEY_SECRET_KEY", "another key that has more than enough characters")
    refused = parley("import", folder)
    assert refused.exit_code == 1 and "--other-key" in refused.output
    assert parley("import", folder, "--other-key").exit_code == 0
    assert parley("import", str(tmp_path / "nothing")).exit_code == 1


def test_nobody_is_erased_who_is_not_known(parley: Parley) -> None:
    refused = parley("erase", "+390000000000", "--yes")
    assert refused.exit_code == 1 and "Nobody is known as +390000000000" in refused.output
