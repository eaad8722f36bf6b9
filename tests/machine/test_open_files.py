"""How many connections there may be: as many as the machine allows, and a word if these are too few."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SAYS = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
RAISES = "from inbox.machine.open_files import allow_as_many_as_may_be as a; a(); " + SAYS


def limited(soft: int, hard: int, *argv: str, home: Path) -> subprocess.CompletedProcess[str]:
    """What a program comes to that may have so many files open."""
    return subprocess.run(
        argv,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
        env={**os.environ, "PARLEY_HOME": str(home)},
    )


def test_a_shells_limit_is_raised_to_what_is_allowed(tmp_path: Path) -> None:
    done = limited(300, 1000, sys.executable, "-c", RAISES, home=tmp_path)
    assert done.stdout == "1000\n", done.stderr


@pytest.mark.parametrize("command", ["serve", "up"])
def test_too_few_are_told_at_once(tmp_path: Path, command: str) -> None:
    done = limited(64, 64, sys.executable, "-m", "inbox.cli", command, home=tmp_path)
    assert done.returncode == 1
    assert "Only 64 files and connections may be open" in done.stderr
    assert "Traceback" not in done.stderr
