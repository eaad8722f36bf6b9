"""A replay's imaginary conversations: what is left out neither happens nor keeps the turn from ending."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from running import BOT

SAID = ["yes", "no", "goodbye"]
"""To nothing that was asked, which no rule expects, and something that a rule does."""
PROGRAM = """
import light, quiet, asyncio, json, sys
from pathlib import Path
from imaginary import Imaginary, touch_nothing

async def main():
    touch_nothing()
    model = Imaginary(Path(sys.argv[1]))
    turns = [await model.turn("c", text) for text in json.loads(sys.argv[2])]
    print(json.dumps([[action["name"] for action in turn["actions"]] for turn in turns]))

asyncio.run(main())
"""


def test_the_default_fallback_ends_its_turn(models: Path) -> None:
    argv = [sys.executable, "-c", PROGRAM, str(models / "parley.tar.gz"), json.dumps(SAID)]
    told = subprocess.run(argv, cwd=BOT, capture_output=True, text=True, check=True, timeout=600)
    turns: list[list[str]] = json.loads(told.stdout.splitlines()[-1])
    assert "action_default_fallback" in {name for turn in turns for name in turn}, turns
    for turn in turns:
        assert turn.count("action_default_fallback") <= 1, turn
