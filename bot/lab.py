"""Try models out: `python lab.py [--actions URL]`. For the studio; nothing of it is journaled.

Reads a JSON object a line and writes one for each: `{"id", "model": path, "conversation", "text"}` is
answered by `{"id", "answer": decision}` or `{"id", "error": words}`; without a text the conversation begins
anew. Holds the two models that were asked last. Ends with its input.
"""

from __future__ import annotations

import light  # noqa: F401 - before anything of Rasa's
import quiet  # noqa: F401

import argparse
import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

HELD = 2


def main() -> int:
    """Answer until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", help="where the action server answers; without it no action is run")
    options = parser.parse_args()
    # Whatever else is printed in here must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    asyncio.run(_serve(options.actions, answers))
    return 0


async def _serve(actions: str | None, answers: Any) -> None:
    from imaginary import Imaginary, touch_nothing

    if not actions:
        touch_nothing()
    held: dict[str, Any] = {}
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        try:
            path = asked["model"]
            if path not in held:
                while len(held) >= HELD:
                    held.pop(next(iter(held)))
                held[path] = Imaginary(Path(path), actions)
            model = held[path] = held.pop(path)
            if asked.get("text"):
                told = {"answer": await model.turn(asked["conversation"], asked["text"])}
            else:
                model.forget(asked["conversation"])
                told = {"answer": {}}
        except Exception as error:
            logging.getLogger("parley.lab").exception("A turn failed.")
            told = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps({"id": asked.get("id"), **told}) + "\n")
        answers.flush()


if __name__ == "__main__":
    sys.exit(main())
