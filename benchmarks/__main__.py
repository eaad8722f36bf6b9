"""All benchmarks, one after the other, and one table at the end: `make bench`.

`python -m benchmarks [--growth] [--only PART…]`
"""

import argparse
import subprocess
import sys

from benchmarks.parts import Answer, answer_of
from benchmarks.stage import table

PARTS: dict[str, list[str]] = {
    "ingest": ["--processes", "2"],
    "turns": [],
    "screen": [],
    "connections": [],
    "lists": [],
    "outbox": [],
}


def run(part: str) -> Answer | None:
    """Run one and show what it prints; None if it failed."""
    argv = [sys.executable, "-m", f"benchmarks.{part}", *PARTS[part]]
    print(f"\n### {part}\n", flush=True)
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    return answer_of(done.stdout) if done.returncode == 0 else None


def main(options: argparse.Namespace) -> int:
    """Run them and print the table of ratios. 1 if any failed."""
    answers = {part: run(part) for part in options.only or PARTS}
    print("\n### All\n")
    table(
        ["benchmark", "figure", "ratio to its bound"],
        [
            [part, f"{a.figure:,.1f} {a.unit}" if a else "failed", a.ratio if a else ""]
            for part, a in answers.items()
        ],
    )
    for part, answer in answers.items():
        print(f"{part} ratio: {answer.ratio if answer else 'failed'}")
    if options.growth:
        subprocess.run([sys.executable, "-m", "benchmarks.growth"], check=True)
    return 0 if all(answers.values()) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=PARTS)
    parser.add_argument("--growth", action="store_true", help="the curves over stored data as well")
    sys.exit(main(parser.parse_args()))
