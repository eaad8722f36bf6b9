"""Every figure again with 1, 10 and 100 times as much in the store, and the curve as a picture.

`python -m benchmarks.growth [--base N] [--picture FILE] [--quick]`
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from math import log10
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from benchmarks.parts import answer_of
from benchmarks.stage import table

STEPS = (1, 10, 100)
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "growth.svg"
COLOURS = ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2")


class Curve(NamedTuple):
    """One benchmark's figure at each step, and what it is in."""

    name: str
    unit: str
    figures: list[float]

    @property
    def relative(self) -> list[float]:
        """How many times as good or as bad as with the least stored."""
        return [figure / self.figures[0] for figure in self.figures]


PARTS: dict[str, tuple[list[str], list[str]]] = {
    "ingest": (["--messages", "20000"], ["--messages", "2000", "--contacts", "500"]),
    "turns": (["--turns", "150", "--bot", "scripted"], ["--turns", "20", "--bot", "scripted"]),
    "screen": (["--seconds", "15"], ["--seconds", "3", "--rate", "40", "--agents", "5"]),
    "connections": (["--visitors", "1000", "--idle", "5"], ["--visitors", "100", "--idle", "1"]),
    "lists": (["--rounds", "20"], ["--rounds", "3"]),
    "outbox": (["--messages", "4000"], ["--messages", "200", "--conversations", "100"]),
}
"""What each part is given, and what it is given for a quick look."""


def measure(part: str, options: Sequence[str], stored: Sequence[int]) -> Curve:
    """Run one part with each size of the store."""
    figures, unit = [], ""
    for size in stored:
        argv = [sys.executable, "-m", f"benchmarks.{part}", *options, "--stored", str(size)]
        print(f"{part}, {size:,} conversations stored …", file=sys.stderr, flush=True)
        done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True)
        answer = answer_of(done.stdout)
        figures.append(answer.figure)
        unit = answer.unit
        load = " ".join(f"{each:.1f}" for each in os.getloadavg())
        print(f"{part}, {size:,}: {answer.figure:,.1f} {unit}; load {load}", file=sys.stderr, flush=True)
    return Curve(part, unit, figures)


def drawn(curves: Sequence[Curve], stored: Sequence[int]) -> str:
    """The curves as SVG: how many times the first figure each is, over what is stored; both by logarithm."""
    wide, high, left, top = 640, 360, 60, 30
    most = max(10.0, *(value for curve in curves for value in curve.relative))
    least = min(0.1, *(value for curve in curves for value in curve.relative))

    def x(place: int) -> float:
        return left + place * (wide - left - 190) / max(1, len(stored) - 1)

    def y(value: float) -> float:
        return top + (log10(most) - log10(value)) / (log10(most) - log10(least)) * (high - top - 50)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>Figures over stored data</title>',
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
    ]
    for tick in (0.1, 0.5, 1.0, 2.0, 10.0):
        lines.append(f'<path d="M{left} {y(tick):.1f}H{x(len(stored) - 1):.1f}" stroke="#e5e7eb"/>')
        lines.append(f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}×</text>')
    for place, size in enumerate(stored):
        lines.append(f'<text x="{x(place):.1f}" y="{high - 28}" text-anchor="middle">{size:,}</text>')
    lines.append(f'<text x="{x(0):.1f}" y="{high - 8}">conversations stored, with five messages each</text>')
    labels = sorted(zip(curves, COLOURS, strict=False), key=lambda pair: y(pair[0].relative[-1]))
    label_y = 0.0
    for curve, colour in labels:
        points = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(curve.relative))
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        label_y = max(label_y + 15, y(curve.relative[-1]) + 4)
        text = escape(f"{curve.name} ({curve.unit})")
        lines.append(
            f'<text x="{x(len(stored) - 1) + 8:.1f}" y="{label_y:.1f}" fill="{colour}">{text}</text>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


def main(options: argparse.Namespace) -> None:
    """Measure all parts at all sizes, print the table and draw the picture."""
    stored = [options.base * step for step in STEPS]
    chosen = options.only or list(PARTS)
    curves = [measure(part, PARTS[part][options.quick], stored) for part in chosen]
    rows = [
        [curve.name, curve.unit, *(f"{f:,.1f}" for f in curve.figures), f"{curve.relative[-1]:.2f}×"]
        for curve in curves
    ]
    table(["growth", "", *(f"{size:,} stored" for size in stored), "last to first"], rows)
    options.picture.write_text(drawn(curves, stored), encoding="utf-8")
    print(f"{options.picture}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=1_000, help="conversations at the first step")
    parser.add_argument("--picture", type=Path, default=PICTURE)
    parser.add_argument("--only", nargs="*", choices=PARTS)
    parser.add_argument("--quick", action="store_true", help="to see that it works, not how fast it is")
    main(parser.parse_args())
