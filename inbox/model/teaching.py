"""What people did to the training data."""

from datetime import datetime
from typing import Any

import msgspec


class Hunk(msgspec.Struct, frozen=True):
    """Lines with their line breaks, before and after, with some around them.

    `line` is where `after` begins, counted from 0.
    """

    line: int
    before: list[str]
    after: list[str]


class FileEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file; the hashes are None where there was or is no file."""

    name: str
    before: str | None
    after: str | None
    hunks: list[Hunk]


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One change by one person. `done` is false if the process died while it wrote the files."""

    id: str
    at: datetime
    by_id: str
    by: str
    words: str
    operation: Any
    files: list[FileEdit]
    done: bool = True
    undone_by: str | None = None
    edition: str | None = None
    """Whose data were changed: see `inbox/model/assistant.py`."""
