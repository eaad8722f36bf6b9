"""What each benchmark's last lines say, for those who run them all."""

import json
from typing import NamedTuple


class Answer(NamedTuple):
    """A benchmark's table in Markdown, its one figure, and the ratio to its bound."""

    text: str
    figure: float
    unit: str
    ratio: str


def answer_of(output: str) -> Answer:
    """Read what a benchmark printed: a table, a line `{"figure": …, "unit": …}`, a line `ratio: …`."""
    lines = output.splitlines()
    ratio = next(line.removeprefix("ratio:").strip() for line in reversed(lines) if line.startswith("ratio:"))
    told = [json.loads(line) for line in lines if line.startswith('{"figure"')]
    kept = [line for line in lines if not line.startswith(('{"', "ratio:"))]
    return Answer("\n".join(kept), told[-1]["figure"], told[-1]["unit"], ratio)
