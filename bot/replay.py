"""Replay real turns through two models: `python replay.py --model A --against B --turns FILE --out FILE`.

For the studio, before a model is activated. `turns` has a JSON object a line, `{"conversation", "message",
"text", "language"}`, in the order in which they were said. Written are those whose decision differs: another
intent, other entities, or other actions. No custom action is run, so nothing happens twice.
"""

from __future__ import annotations

import light  # noqa: F401 - before anything of Rasa's
import quiet  # noqa: F401

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

MOST = 2_000
"""Changed decisions that are listed; the others are counted."""


def main() -> int:
    """Replay from the command line; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--model", "--against", "--turns", "--out"):
        parser.add_argument(name, type=Path, required=True)
    options = parser.parse_args()
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    turns = [json.loads(line) for line in options.turns.read_text().splitlines()]
    result = asyncio.run(replayed(options.model, options.against, turns))
    options.out.write_text(json.dumps(result))
    print(f"replay: done, {result['changed']} of {result['turns']} decisions differ", flush=True)
    return 0


async def replayed(model: Path, against: Path, turns: list[dict[str, Any]]) -> dict[str, Any]:
    """How many turns there were, how many decisions differ, and those."""
    from imaginary import touch_nothing

    touch_nothing()
    decided = []
    for number, path in enumerate((model, against)):
        name = ("the candidate", "the live model")[number]
        print(f"replay: {50 * number:3d} % loading {name}", flush=True)
        decided.append(await _decisions(path, turns, 50 * number))
    changed = [
        {**turn, "candidate": new, "live": old}
        for turn, new, old in zip(turns, *decided, strict=True)
        if _essence(new) != _essence(old)
    ]
    return {"turns": len(turns), "changed": len(changed), "items": changed[:MOST]}


async def _decisions(path: Path, turns: list[dict[str, Any]], begin: int) -> list[dict[str, Any]]:
    from imaginary import Imaginary

    model = Imaginary(path)
    parses = model.parses([turn["text"] for turn in turns])
    found = []
    for number, (turn, parse) in enumerate(zip(turns, parses, strict=True)):
        if number % 100 == 0:
            print(f"replay: {begin + 50 * number // len(turns):3d} % {number} turns", flush=True)
        decision = await model.turn(turn["conversation"], turn["text"], parse, turn.get("language"))
        kept = ("intent", "entities", "actions", "handoff")
        found.append({name: decision[name] for name in kept})
    return found


def _essence(decision: dict[str, Any]) -> tuple[Any, ...]:
    entities = sorted((e["entity"], str(e["value"])) for e in decision["entities"])
    return decision["intent"]["name"], entities, [action["name"] for action in decision["actions"]]


if __name__ == "__main__":
    sys.exit(main())
