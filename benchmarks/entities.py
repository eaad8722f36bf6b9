"""How well the sample bot finds entities, with a trained extractor of each kind and without one.

`python -m benchmarks.entities [--folds N] [--only WAY…]`

The examples of `nlu_data/` are split into folds as the studio's evaluation splits them; each is asked about
by a model that never saw it. An entity counts only with its exact place. Each way is a process of its own.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
OURS = "components.crf_entities.CrfEntities"
BY_RULE = ("components.exact_entities.ExactEntities", "components.matchers.SpacyMatchers")
COUNTED = ("lexical", "words", "characters")
FEATURIZERS = [
    {"name": "LexicalSyntacticFeaturizer", "alias": COUNTED[0]},
    {"name": "CountVectorsFeaturizer", "alias": COUNTED[1]},
    {
        "name": "CountVectorsFeaturizer",
        "analyzer": "char_wb",
        "min_ngram": 1,
        "max_ngram": 4,
        "alias": COUNTED[2],
    },
]
DIET = {
    "name": "DIETClassifier",
    "intent_classification": False,
    "entity_recognition": True,
    "number_of_transformer_layers": 0,
    "epochs": 60,
    "featurizers": list(COUNTED),
    "constrain_similarities": True,
    "random_seed": 1,
}
WAYS = ("CRF alone", "DIET alone", "rules alone", "CRF and rules", "DIET and rules")
PROGRAM = """\
import quiet, json, resource, sys
from pathlib import Path
from evaluate import evaluate
result = evaluate(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
spent = resource.getrusage(resource.RUSAGE_SELF)
told = {"entities": result["entities"], "cpu": spent.ru_utime + spent.ru_stime, "mb": spent.ru_maxrss / 1e3}
Path(sys.argv[4]).write_text(json.dumps(told))
"""


def configured(way: str) -> dict[str, Any]:
    """The bot's own configuration with another extractor."""
    config: dict[str, Any] = YAML(typ="safe").load((ROOT / "bot" / "config.yml").read_text())
    pipeline = []
    for part in config["pipeline"]:
        if part["name"] == OURS and way.endswith("alone"):
            part = {key: value for key, value in part.items() if key not in ("not_for", "left_to_patterns")}
        if part["name"] == OURS and way.startswith("DIET"):
            pipeline += [*FEATURIZERS, DIET]
        elif not (part["name"] == OURS and way.startswith("rules")):
            pipeline.append(part)
    if way.endswith("alone") and not way.startswith("rules"):
        pipeline = [part for part in pipeline if part["name"] not in BY_RULE]
    return {**config, "pipeline": pipeline}


def measured(way: str, folds: int) -> dict[str, Any]:
    """What one way found, and what it cost, loading Rasa and telling intents included."""
    with tempfile.TemporaryDirectory() as folder:
        config, out = Path(folder, "config.yml"), Path(folder, "out.json")
        with config.open("w") as file:
            YAML().dump(configured(way), file)
        command = [ROOT / "bot/.venv/bin/python", "-W", "ignore", "-c", PROGRAM]
        arguments = [ROOT / "nlu_data", str(folds), config, out]
        env = {**os.environ, "RASA_CACHE_DIRECTORY": folder}
        done = subprocess.run(
            [*command, *arguments], cwd=ROOT / "bot", env=env, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        found: dict[str, Any] = json.loads(out.read_text())
    return found


def micro(entities: dict[str, dict[str, float]]) -> float:
    """The F1 of all entities together."""
    right = sum(one["recall"] * one["support"] for one in entities.values())
    found = sum(
        one["recall"] * one["support"] / one["precision"] for one in entities.values() if one["precision"]
    )
    return 2 * right / (found + sum(one["support"] for one in entities.values()))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS)
    options = parser.parse_args()
    names: list[str] = []
    for way in options.only:
        found = measured(way, options.folds)
        if not names:
            names = [name for name, one in sorted(found["entities"].items()) if one["support"]]
            print(f"| F1 | all | {' | '.join(names)} | CPU s | peak MB |")
            print("|" + " --- |" * (len(names) + 4))
        each = " | ".join(f"{found['entities'].get(name, {'f1': 0})['f1']:.3f}" for name in names)
        print(
            f"| {way} | {micro(found['entities']):.3f} | {each} | {found['cpu']:.0f} | {found['mb']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
