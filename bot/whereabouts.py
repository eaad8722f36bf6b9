"""Where in the designers' files a mistake lies, so that it can be told with a file and a line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

QUOTED = re.compile(r"['\"`]([\w./-]{2,80})['\"`]")
NAMES_A_FILE = re.compile(r"\.ya?ml\b")


def located(problem: str, data: Path) -> str:
    """`problem` with the file and line that first name what it is about; as it was if none does.

    Rasa's validator says what is wrong, and with which name, but seldom where that stands.
    """
    if NAMES_A_FILE.search(problem):
        return problem
    for name in reversed(QUOTED.findall(problem)):
        whole = re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])")
        for file in sorted([*data.rglob("*.yml"), *data.rglob("*.yaml")]):
            for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
                if whole.search(line.partition(" #")[0]):
                    return f"{problem} ({file.relative_to(data)}, line {number})"
    return problem


def unreadable(error: Any, data: Path) -> str:
    """What is wrong with a file that Rasa's `YamlException` is about: its name, the line, and why."""
    given = Path(error.filename) if error.filename else None
    cause = getattr(error, "underlying_yaml_exception", None)
    mark = getattr(cause, "problem_mark", None)
    found = getattr(error, "validation_errors", None) or []
    if given is None or (mark is None and not found):
        return " ".join(str(error).split())[:400]
    name = given.relative_to(data) if given.is_relative_to(data) else given.name
    if mark is not None:
        return f"{name}, line {mark.line + 1}: {getattr(cause, 'problem', None) or 'this is not YAML'}"
    first = found[0]
    line = error._line_number_for_path(error.content, first.path) if error.content else None
    return f"{name}, line {line}: {first}" if line else f"{name}: {first}"
