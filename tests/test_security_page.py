"""SECURITY.md and docs/compliance.md name no test that is not there."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parent / "SECURITY.md").read_text(encoding="utf-8")
LAW = (HERE.parent / "docs" / "compliance.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE + LAW)))


def test_every_door_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and ".py::" not in line]
    doors = PAGE[PAGE.index("## Doors") : PAGE.index("## What stays")]
    without = [row for row in rows if row in doors and not row.startswith(("| door |", "| --- |"))]
    assert not without
    assert len(NAMED) > 40


def test_what_we_do_for_the_law_is_proved_or_said_to_be_nobodys_proof() -> None:
    rows = [line for line in LAW.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    for row in rows:
        *_, proof, _ = row.split(" |")
        assert ".py" in proof or "none: it is not ours to prove" in proof, row


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[f"{file}::{name}" for file, name in NAMED])
def test_a_named_test_is_there(file: str, name: str) -> None:
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in found, f"A page names {name}, which is not in tests/{file}."
