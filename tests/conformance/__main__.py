"""`make conformance VECTORS=DIR`: what our connectors make of payloads, signatures and texts of others.

Exits with 1 if anything came out wrong, with 2 if there was nothing to read; what could not be judged is said
and does no harm.
"""

import sys
from collections import Counter
from pathlib import Path

from tests.conformance.judges import verdict_on
from tests.conformance.vectors import NoVectors, VectorFile, read_folder
from tests.conformance.verdicts import Outcome


def main(words: list[str]) -> int:
    if len(words) != 1 or not words[0].strip():
        print("Say which folder: make conformance VECTORS=../shared/vectors", file=sys.stderr)
        return 2
    try:
        files = read_folder(Path(words[0]))
    except NoVectors as error:
        print(error, file=sys.stderr)
        return 2
    total: Counter[Outcome] = Counter()
    for file in files:
        total += report(file)
    print(f"\nAll files: {counted(total)}.")
    return 1 if total[Outcome.WRONG] else 0


def report(file: VectorFile) -> Counter[Outcome]:
    """Print one file's verdicts and count them."""
    verdicts = [(vector, verdict_on(vector)) for vector in file.vectors]
    count = Counter(verdict.outcome for _, verdict in verdicts)
    print(f"\n{file.path}: {file.trouble or counted(count)}")
    for vector, verdict in verdicts:
        print(f"  {verdict.outcome:<10}  {vector.number:>3}  {vector.name}: {verdict.words}")
    return count


def counted(count: Counter[Outcome]) -> str:
    parts = [
        f"{count[outcome]} {outcome.lower()}"
        for outcome in Outcome
        if count[outcome] or outcome != "not judged"
    ]
    return ", ".join(parts)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
