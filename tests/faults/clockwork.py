"""Processes whose wall clock a test sets, by a small library that they preload."""

import shutil
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")


def build(folder: Path) -> Path:
    """Compile the library into the folder. Raises `RuntimeError` where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("A clock that jumps needs a C compiler: install your system's package gcc.")
    library = folder / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, _SOURCE], check=True)
    return library


class Clockwork:
    """One process's clock, right until it is set otherwise."""

    def __init__(self, file: Path, library: Path) -> None:
        self._file = file
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(file)}
        self.set(0)

    def set(self, seconds: int) -> None:
        """Let the process believe that it is so many seconds later than it is."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds}")
        draft.replace(self._file)
