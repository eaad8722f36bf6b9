"""What training learnt about understanding, for people to read: a table and a picture beside the model."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

LEARNT = "similarity.json"
HEAD = """\
# How well the bot understands, on examples held out of training

Right and wrong: the share of examples whose intent is told rightly or wrongly, where the bot is sure
enough to answer; for the others it asks back. Strangers caught: of examples whose whole intent was held
out, the share that the bot asks back about. Chosen: threshold **{threshold:.2f}**, ambiguity
**{ambiguity:.2f}**.

| threshold | right | wrong | strangers caught |
| --- | --- | --- | --- |
"""


def write_understanding(model: Path, folder: Path) -> None:
    """Write `understanding.md`, `.svg` and `.json` into `folder`, if the model has such a curve."""
    learnt = learnt_by(model)
    if learnt is None or not learnt["curve"]:
        return
    names = ("threshold", "ambiguity", "curve")
    (folder / "understanding.json").write_text(json.dumps({name: learnt[name] for name in names}))
    rows = [
        f"| {at['threshold']:.2f} | {at['right']:.1%} | {at['wrong']:.1%} | {at['strangers_caught']:.1%} |"
        for at in learnt["curve"]
        if round(at["threshold"] * 100) % 10 == 0 or at["threshold"] == learnt["threshold"]
    ]
    (folder / "understanding.md").write_text(HEAD.format(**learnt) + "\n".join(rows) + "\n")
    _draw(learnt, folder / "understanding.svg")


def learnt_by(model: Path) -> dict[str, Any] | None:
    """What training chose and measured, out of a model's archive; None if it has no such part."""
    with tarfile.open(model) as archive:
        for member in archive:
            if Path(member.name).name == LEARNT and (file := archive.extractfile(member)):
                return dict(json.load(file)["calibration"])
    return None


def _draw(learnt: dict[str, Any], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    at = [point["threshold"] for point in learnt["curve"]]
    for name in ("right", "wrong", "strangers_caught"):
        shares = [100 * point[name] for point in learnt["curve"]]
        axes.plot(at, shares, label=name.replace("_", " "))
    axes.axvline(learnt["threshold"], linestyle=":", color="grey", label="chosen")
    axes.set(xlabel="threshold for asking back", ylabel="% of held-out examples", ylim=(0, 100))
    axes.legend()
    figure.savefig(path)
