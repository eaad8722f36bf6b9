"""SECURITY.md names no test that is not there."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parent / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


def test_every_door_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and ".py::" not in line]
    doors = PAGE[PAGE.index("## Doors") : PAGE.index("## What stays")]
    without = [row for row in rows if row in doors and not row.startswith(("| door |", "| --- |"))]
    assert not without
    assert len(NAMED) > 40


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[f"{file}::{name}" for file, name in NAMED])
def test_a_named_test_is_there(file: str, name: str) -> None:
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in found, f"SECURITY.md names {name}, which is not in tests/{file}."
