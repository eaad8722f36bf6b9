"""Folders for what is still being made, of which a killed process leaves none for good.

Whoever makes one holds a lock on it, which the kernel lets go of when the process ends, however it ends. So
the next to make one of the same sort can tell what is dead, and takes it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def draft(prefix: str, within: Path | None = None) -> Iterator[Path]:
    """An empty folder for as long as it is needed, in `within` or among temporary files.

    `prefix` names the sort: those of that sort that nobody holds any more are taken away first.
    """
    place = within or Path(tempfile.gettempdir())
    _sweep(place, prefix)
    folder, held = _made(place, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _made(place: Path, prefix: str) -> tuple[Path, int]:
    """A folder that is ours: another may have taken it for dead before we held it."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=place, prefix=prefix))
        held = _held(folder)
        if held is not None and folder.exists():
            return folder, held
        if held is not None:
            os.close(held)


def _sweep(place: Path, prefix: str) -> None:
    for found in place.glob(f"{prefix}*"):
        held = _held(found)
        if held is not None:
            shutil.rmtree(found, ignore_errors=True)
            os.close(held)


def _held(folder: Path) -> int | None:
    """A lock on a folder of ours, None if another has it or it is gone."""
    with suppress(OSError):
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(held).st_uid == os.getuid():
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return held
        except OSError:
            pass
        os.close(held)
    return None
