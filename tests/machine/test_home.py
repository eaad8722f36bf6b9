"""PARLEY_HOME: made for us alone, and refused with a reason where it will not do."""

import shutil
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from inbox.machine import home
from inbox.machine.errors import MachineTrouble


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_it_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    home.make_ready(tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert list((tmp_path / "var").iterdir()) == []


def test_a_full_disk_is_told_before_it_hurts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 3 * 2**20))
    with pytest.raises(MachineTrouble, match="3 MiB are free"):
        home.make_ready(tmp_path)


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(MachineTrouble, match="cannot be written: File exists"):
        home.make_ready(tmp_path / "var")


def test_only_one_holds_it(tmp_path: Path) -> None:
    assert not home.is_held(tmp_path)
    with home.held(tmp_path):
        assert home.is_held(tmp_path)
        with pytest.raises(MachineTrouble, match="already running"), home.held(tmp_path):
            pass
    assert not home.is_held(tmp_path)
