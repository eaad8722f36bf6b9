"""Folders of what is being made: gone afterwards, also those of processes that were killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.drafts import draft
from running import BOT

MAKES_ONE = """
import sys, time
from pathlib import Path
from engine.drafts import draft
with draft(".taking-", Path(sys.argv[1])) as folder:
    (folder / "taken").write_bytes(b"half of it")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_who_is_killed_leaves_nothing_for_good_and_who_lives_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / ".train-elsewhere"
    foreign.mkdir()
    command = [sys.executable, "-c", MAKES_ONE, str(tmp_path)]
    with subprocess.Popen(command, cwd=BOT, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout
        theirs = Path(one.stdout.readline().strip())
        with draft(".taking-", tmp_path) as ours:
            assert ours != theirs and (theirs / "taken").is_file(), "somebody is still at it"
        assert not ours.exists()
        one.kill()
        one.wait()
        assert theirs.is_dir()
    with draft(".taking-", tmp_path) as ours:
        assert {f.name for f in tmp_path.iterdir()} == {ours.name, foreign.name}
