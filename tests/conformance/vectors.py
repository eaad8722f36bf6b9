"""A folder of vectors, read with tolerance: any JSON file with a list of objects near its top."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


TEXTS = ("text", "message", "input", "content", "body")


class NoVectors(Exception):
    """There is nothing to read. The text says what and where."""


@dataclass(frozen=True)
class Vector:
    """One vector. `folder` is the first folder below the root, by custom the channel or provider."""

    file: str
    folder: str
    number: int
    said: Json

    @property
    def flat(self) -> Json:
        """What the vector says, with what it expects beside it, and its text under ``text``."""
        expected = self.said.get("expected")
        flat = self.said | (expected if isinstance(expected, dict) else {})
        given = next((flat[key] for key in TEXTS if isinstance(flat.get(key), str)), None)
        return flat if given is None else flat | {"text": given}

    @property
    def name(self) -> str:
        for key in ("name", "title", "id", "text", "char", "language"):
            if isinstance(self.said.get(key), str | int) and self.said[key] != "":
                text = repr(self.said[key]) if key in ("text", "char") else str(self.said[key])
                return text if len(text) <= 60 else f"{text[:57]}…"
        return f"number {self.number}"


@dataclass(frozen=True)
class VectorFile:
    path: str
    vectors: tuple[Vector, ...]
    trouble: str | None = None
    """Why the file could not be read."""


def read_folder(root: Path) -> list[VectorFile]:
    """All JSON files below `root`. Raises `NoVectors`."""
    if not root.is_dir():
        raise NoVectors(f"There is no folder {root}.")
    files = [_read(file, root) for file in sorted(root.rglob("*.json"))]
    if not files:
        raise NoVectors(f"There are no JSON files below {root}.")
    return files


def _read(file: Path, root: Path) -> VectorFile:
    path = file.relative_to(root)
    folder = path.parts[0] if len(path.parts) > 1 else ""
    try:
        whole = json.loads(file.read_bytes())
    except (ValueError, OSError, RecursionError) as error:
        return VectorFile(str(path), (), f"it is no JSON: {error}")
    found = [each for each in _objects(whole) if isinstance(each, dict)]
    vectors = tuple(Vector(str(path), folder, number, said) for number, said in enumerate(found, 1))
    return VectorFile(str(path), vectors, None if vectors else "it holds no list of vectors")


def _objects(whole: Any) -> Iterator[Any]:
    """The list of vectors: the file itself, its ``vectors``, or else every list of objects in it."""
    if isinstance(whole, list):
        yield from whole
    elif isinstance(whole, dict):
        lists = [whole["vectors"]] if "vectors" in whole else list(whole.values())
        for each in lists:
            yield from each if isinstance(each, list) else ()
