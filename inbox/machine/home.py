"""The folder PARLEY_HOME: fit for use, and used by one `parley up` at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox.machine.errors import MachineTrouble

LEAST_FREE = 512 * 1024 * 1024
"""Below this MongoDB could not even write its journal for long."""


def make_ready(home: Path) -> None:
    """Make the folder, readable by us alone. Raises `MachineTrouble` when it cannot hold what we keep."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        trial = home / f".trial.{os.getpid()}"
        trial.write_bytes(b"parley")
        trial.unlink()
        free = shutil.disk_usage(home).free
    except OSError as error:
        raise MachineTrouble(
            f"{home} cannot be written: {error.strerror}. "
            "Set PARLEY_HOME to a folder that is yours and on a disk with space."
        ) from error
    if free < LEAST_FREE:
        raise MachineTrouble(
            f"The disk of {home} is full: {free // 2**20} MiB are free and {LEAST_FREE // 2**20} MiB needed. "
            "Free some space, or set PARLEY_HOME to a folder elsewhere."
        )


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Keep every other `parley up` off this folder. The kernel lets go of it even if we are killed."""
    with (home / "up.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise MachineTrouble(
                f"Parley is already running on {home} (process {holder}). "
                "End that one, or set PARLEY_HOME and PARLEY_HTTP_PORT for a second one."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def is_held(home: Path) -> bool:
    """Whether a `parley up` runs on this folder."""
    try:
        with held(home):
            return False
    except MachineTrouble:
        return True
