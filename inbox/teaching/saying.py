"""What a job's process says: its lines as they come, how far it is, and why it failed."""

import re
from collections import deque
from pathlib import Path
from typing import NamedTuple

_LINE = re.compile(r"^(?:train|evaluate|stories|replay): (.*)$")
"""Lines for people. The rest is the libraries' own talk, which the log on disk keeps."""
_STEP = re.compile(r"^ *(\d+) % (.+)$")
_OUT_OF_MEMORY = ("more memory than it may have", "MemoryError", "Cannot allocate memory", "bad_alloc")
_FAILED = re.compile(r"^(?:error|failed): (.*)$")


class Said(NamedTuple):
    """What is new, and how far it is by that; no `step` when nothing told."""

    lines: list[str]
    share: int = 0
    step: str = ""


class Voice:
    """Reads a growing log."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._at = 0
        self._rest = b""
        self.all: list[str] = []
        self.mumbled: deque[str] = deque(maxlen=20)
        """The last lines that were not for people, such as those of a traceback."""

    def new(self) -> Said:
        """The lines since the last time; one that is not whole yet comes next time."""
        try:
            with self._file.open("rb") as log:
                log.seek(self._at)
                read = log.read()
        except OSError:
            return Said([])
        self._at += len(read)
        *whole, self._rest = (self._rest + read).split(b"\n")
        found = []
        for line in (part.decode(errors="replace").rstrip() for part in whole):
            if match := _LINE.match(line):
                found.append(match[1])
            elif line:
                self.mumbled.append(line)
        self.all += found
        steps = [step for line in found if (step := _STEP.match(line))]
        if steps:
            return Said(found, int(steps[-1][1]), steps[-1][2])
        return Said(found, 0, found[-1] if found and len(self.all) < 4 else "")


def why_it_failed(voice: Voice, status: int, memory_mb: int) -> str:
    """Plain words for the designer: the mistakes with file and line where the process told them."""
    told = [m[1] for line in voice.all if (m := _FAILED.match(line))]
    if any(word in line for line in (*told, *voice.mumbled) for word in _OUT_OF_MEMORY):
        return f"It needs more memory than the {memory_mb:,} MiB that PARLEY_TRAINING_MEMORY_MB allows."
    mistakes = [line for line in told if not line.startswith("the data has mistakes")]
    if mistakes:
        return "\n".join(mistakes[:20])
    if status < 0:
        return f"Its process was killed (signal {-status}). Nothing else was touched: begin it again."
    last = voice.mumbled[-1] if voice.mumbled else "nothing"
    return f"Its process ended with {status}; the last that it said was: {last[:500]}"
