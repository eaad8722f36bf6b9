"""How well and how fast the bot understands, beside stock Rasa's light pipeline, in the same run.

`python -m benchmarks.nlu DATA [--only SET] [--pipeline ours|stock] [--keep DIR]`

DATA holds `banking77/{train,test}.csv` and `clinc150/data_full.json`. Nothing is chosen on a test set.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PIPELINES = {
    name: ROOT / "benchmarks" / "stock" / file
    for name, file in (("ours", "nlu_ours.yml"), ("stock", "nlu.yml"))
}
SEEDS = (1, 2, 3)
HEAD = """\
| data | pipeline | accuracy % | training s, wall / CPU | peak MB | parse ms CPU, one / of 32 | model MB |
| --- | --- | --- | --- | --- | --- | --- |"""
Examples = dict[str, list[Any]]


def banking77(data: Path) -> Iterator[Examples]:
    """The official split."""
    yield {"train": rows(data, "train"), "test": rows(data, "test"), "strange": []}


def banking77_10shot(data: Path) -> Iterator[Examples]:
    """Ten examples of each intent, drawn three times; the whole test set."""
    for seed in SEEDS:
        of: dict[str, list[list[str]]] = defaultdict(list)
        for text, intent in rows(data, "train"):
            of[intent].append([text, intent])
        draw = random.Random(seed)
        few = [row for intent in sorted(of) for row in draw.sample(of[intent], 10)]
        yield {"train": few, "test": rows(data, "test"), "strange": []}


def clinc150(data: Path) -> Iterator[Examples]:
    """150 intents, and a thousand questions that belong to none."""
    parts = json.loads((data / "clinc150" / "data_full.json").read_text())
    strange = [text for text, _ in parts["oos_test"]]
    yield {"train": parts["train"], "test": parts["test"], "strange": strange}


FILES = ("banking77/train.csv", "banking77/test.csv", "clinc150/data_full.json")
SETS: dict[str, Callable[[Path], Iterator[Examples]]] = {
    "banking77": banking77,
    "banking77-10shot": banking77_10shot,
    "clinc150": clinc150,
}


def rows(data: Path, part: str) -> list[list[str]]:
    """Text and intent."""
    with (data / "banking77" / f"{part}.csv").open(newline="") as file:
        return [[row["text"], row["category"]] for row in csv.DictReader(file)]


def trial(pipeline: str, examples: Examples) -> dict[str, Any]:
    """One run of `benchmarks/nlu_trial.py`, and what it says of its test set."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder, "examples.json"), Path(folder, "out.json")
        given.write_text(json.dumps(examples))
        script = ROOT / "benchmarks" / "nlu_trial.py"
        command = [ROOT / "bot/.venv/bin/python", "-W", "ignore", script, PIPELINES[pipeline], given, out]
        # Its own folder for Rasa's cache: nothing may be remembered from an earlier run.
        env = {**os.environ, "RASA_CACHE_DIRECTORY": folder, "PARLEY_ENCODER_CACHE": folder}
        done = subprocess.run(command, cwd=ROOT / "bot", env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        found: dict[str, Any] = json.loads(out.read_text())
    return {**found, **judged(found, examples)}


def judged(found: dict[str, Any], examples: Examples) -> dict[str, Any]:
    """Accuracy; and for sets with strangers, the curve of accuracy over the share of them caught."""
    right = [answer[0] == row[1] for answer, row in zip(found["answers"], examples["test"], strict=True)]
    said: dict[str, Any] = {"accuracy": sum(right) / len(right)}
    strange = sorted(confidence for _, confidence, _ in found["strange"])
    if not strange:
        return said
    said["curve"] = {}
    for share in (0.3, 0.5, 0.7, 0.8, 0.9):
        threshold = strange[int(share * len(strange))]
        kept = [ok and answer[1] >= threshold for ok, answer in zip(right, found["answers"], strict=True)]
        said["curve"][share] = sum(kept) / len(kept)
    answered = [ok and answer[2] for ok, answer in zip(right, found["answers"], strict=True)]
    caught = [not answer[2] for answer in found["strange"]]
    said["learnt"] = (sum(answered) / len(answered), sum(caught) / len(caught))
    return said


def told(name: str, pipeline: str, found: list[dict[str, Any]]) -> str:
    """A row of the table; the mean over seeds."""

    def mean(key: str) -> float:
        return sum(one[key] for one in found) / len(found)

    cells = (
        name,
        pipeline,
        " / ".join(f"{100 * one['accuracy']:.2f}" for one in found),
        f"{mean('train_wall_s'):.0f} / {mean('train_cpu_s'):.0f}",
        f"{mean('train_peak_mb'):.0f}",
        f"{mean('single_ms'):.1f} / {mean('batched_ms'):.2f}",
        f"{mean('model_mb'):.0f}",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=SETS)
    parser.add_argument("--pipeline", choices=PIPELINES)
    options = parser.parse_args()
    if missing := [file for file in FILES if not (options.data / file).is_file()]:
        parser.error(f"DATA=DIR must name a folder with {', '.join(FILES)}; not there: {', '.join(missing)}")
    print(HEAD, flush=True)
    after = []
    for name in [options.only] if options.only else SETS:
        for pipeline in [options.pipeline] if options.pipeline else PIPELINES:
            found = [trial(pipeline, examples) for examples in SETS[name](options.data)]
            print(told(name, pipeline, found), flush=True)
            if "curve" in found[0]:
                curve = found[0]["curve"].items()
                points = ", ".join(f"{100 * y:.1f} at {100 * x:.0f}" for x, y in curve)
                after.append(f"{name}, {pipeline}: % right in scope at % of strangers caught: {points}")
                if pipeline == "ours":
                    learnt = found[0]["learnt"]
                    after.append("with the learnt thresholds: {:.1%} at {:.1%}".format(*learnt))
    print(*after, sep="\n")


if __name__ == "__main__":
    main()
