"""Play the test stories: `python stories.py --model FILE --data FOLDER --out FILE`. For the studio."""

from __future__ import annotations

import quiet  # noqa: F401 - first: what it sets must stand before Rasa is imported

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> int:
    """Play them; see the module. Exit status 1 after saying what cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--model", "--data", "--out"):
        parser.add_argument(name, type=Path, required=True)
    options = parser.parse_args()
    print("stories:  10 % loading Rasa", flush=True)
    from rasa.shared.exceptions import RasaException
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    tests = options.data / "tests"
    if not any(tests.glob("*.y*ml")):
        print("stories: failed: there are no test stories in tests/", flush=True)
        return 1
    try:
        result = asyncio.run(played(options.model, tests))
    except RasaException as error:
        words = own_names(" ".join(str(error).split()), options.data)
        print(f"stories: error: {words[:400]}", flush=True)
        return 1
    options.out.write_text(json.dumps(result))
    print(f"stories: done, {result['passed']} of {result['stories']} as they should be", flush=True)
    return 0


async def played(model: Path, tests: Path) -> dict[str, Any]:
    """How many stories went as written; the others in Rasa's own words, with what went wrong in comments."""
    from rasa.core.agent import Agent
    from rasa.core.test import test

    agent = Agent.load(str(model))
    print("stories:  40 % playing", flush=True)
    with tempfile.TemporaryDirectory(prefix="parley-stories-") as folder:
        await test(str(tests), agent, e2e=True, out_directory=folder, disable_plotting=True)
        report = json.loads((Path(folder) / "story_report.json").read_bytes())
        failed = Path(folder) / "failed_test_stories.yml"
        words = own_names(failed.read_text(), tests.parent) if failed.is_file() else ""
    accuracy = report.get("conversation_accuracy") or {}
    return {
        "stories": accuracy.get("total", 0),
        "passed": accuracy.get("correct", 0),
        "actions_right": round(float(report.get("accuracy") or 0), 4),
        "failed": words if "steps" in words else "",
    }


def own_names(words: str, data: Path) -> str:
    """Words in which files are called as designers know them, not by where they were laid out."""
    for folder in {data, data.resolve()}:
        words = words.replace(f"{folder}/", "")
    return words


if __name__ == "__main__":
    sys.exit(main())
