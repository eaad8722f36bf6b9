"""Counts what a program asks of MongoDB, by the driver's own monitor.

`python -m benchmarks.commands FILE MODULE [ARGUMENT…]` runs the module and appends a line to the file for
each command: when it began (`time.perf_counter`), microseconds it took, its name, its collection, and whether
it waits for a majority.
"""

import os
import runpy
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from pymongo import monitoring


class Command(NamedTuple):
    """One command and its answer."""

    began: float
    micros: int
    name: str
    collection: str
    is_durable: bool


class Monitor(monitoring.CommandListener):
    """Writes every command down. Two threads never write into one line: each is one `write`."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._under_way: dict[int, tuple[str, bool]] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Remember what it is about."""
        first = next(iter(event.command.values()), "")
        concern = event.command.get("writeConcern", {})
        is_durable = concern.get("w") == "majority"
        self._under_way[event.request_id] = (first if isinstance(first, str) else "", is_durable)

    def _ended(self, event: Any) -> None:
        collection, is_durable = self._under_way.pop(event.request_id, ("", False))
        began = perf_counter() - event.duration_micros / 1e6
        line = f"{began} {event.duration_micros} {event.command_name} {collection or '-'} {is_durable:d}\n"
        os.write(self._file, line.encode())

    succeeded = failed = _ended


def commands_in(path: Path, since: float, until: float) -> list[Command]:
    """The commands that began between these moments of `time.perf_counter`, in their order."""
    found = []
    for line in path.read_text().splitlines():
        began, micros, name, collection, is_durable = line.split()
        if since <= float(began) < until:
            found.append(Command(float(began), int(micros), name, collection, is_durable == "1"))
    return sorted(found)


def summary(commands: Sequence[Command], count: int) -> list[list[str]]:
    """Rows of a table: each kind of command, how many for one of `count`, and how long one took."""
    kinds = Counter((c.name, c.collection, c.is_durable) for c in commands)
    rows = []
    for (name, collection, is_durable), number in kinds.most_common():
        took = median(c.micros for c in commands if c[2:] == (name, collection, is_durable))
        what = f"{name} {collection}".removesuffix(" -")
        rows.append([what, "durable" if is_durable else "", f"{number / count:.2f}", f"{took / 1000:.2f} ms"])
    durable = sum(c.is_durable for c in commands)
    rows.append(["all", f"{durable / count:.2f} durable", f"{len(commands) / count:.2f}", ""])
    return rows


def watched(path: Path, argv: Sequence[str]) -> list[str]:
    """The command line that runs `PYTHON -m MODULE …` with its commands written to `path`."""
    python, _, *module = argv
    return [python, "-m", "benchmarks.commands", str(path), *module]


def main() -> None:
    """Run the module that is named, watched."""
    _, path, *argv = sys.argv
    monitoring.register(Monitor(Path(path)))
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
