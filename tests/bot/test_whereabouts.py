"""A mistake in the data is told with the file and the line where it stands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from running import BOT, ROOT
from whereabouts import located


def trained(data: Path, out: Path) -> str:
    done = subprocess.run(
        [sys.executable, "train.py", "--data", data, "--out", out], cwd=BOT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert not (out / "parley.json").exists()
    return done.stdout


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the designers' data."""
    return Path(shutil.copytree(ROOT / "nlu_data", tmp_path / "data"))


def test_broken_yaml_and_unknown_names_have_a_line(data: Path, tmp_path: Path) -> None:
    orders = data / "nlu" / "orders.yml"
    whole = orders.read_text()
    at = len(whole.splitlines()) + 1
    orders.write_text(whole + '  - intent: "order_status\n    examples: |\n      - x\n')
    said = trained(data, tmp_path / "out")
    assert "train: error: nlu/orders.yml, line" in said, said
    assert any(f"line {n}" in said for n in (at, at + 1, at + 2, at + 3, at + 4)), said
    orders.write_text(whole)
    rules = data / "rules.yml"
    before = rules.read_text()
    line = len(before.splitlines()) + 4
    rules.write_text(
        before.rstrip("\n") + "\n  - rule: of a test\n    steps:\n      - intent: greet\n"
        "      - action: utter_of_nothing_at_all\n"
    )
    said = trained(data, tmp_path / "out")
    assert f"(rules.yml, line {line})" in said, said


def test_what_names_no_place_is_left_as_it_is(data: Path) -> None:
    assert located("the stories contradict each other", data) == "the stories contradict each other"
    assert located("the 'utter_greet' is odd", data).startswith("the 'utter_greet' is odd (domain.yml, line ")
    assert located("'x' in rules.yml is odd", data) == "'x' in rules.yml is odd"
