"""Evaluate the pipeline: `python evaluate.py --data FOLDER --out FILE [--folds K]`. For the studio.

Trains on a part of the examples and asks about the rest: a fifth held out, or K folds so that every example
is held out once. Each part has its share of each intent; intents with a single example are always taught.
Prints `evaluate: ` lines; exit status 0 with the result as JSON in FILE, 1 after saying what is wrong.
"""

from __future__ import annotations

import quiet  # noqa: F401 - first: what it sets must stand before Rasa is imported

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judging import Judged, curve, scores
from settings import HERE
from understanding import learnt_by
from whereabouts import unreadable

BATCH = 64
FALLBACK = "nlu_fallback"


def main() -> int:
    """Evaluate from the command line; see the module."""
    options = _options()
    print("evaluate: loading Rasa", flush=True)
    from rasa.shared.exceptions import RasaException, YamlException
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    try:
        result = evaluate(options.data, options.folds)
    except YamlException as error:
        print(f"evaluate: error: {unreadable(error, options.data)}", flush=True)
        return 1
    except (RasaException, TooFew) as error:
        print(f"evaluate: failed: {error}", flush=True)
        return 1
    options.out.write_text(json.dumps(result))
    print(f"evaluate: done, {100 * result['right']:.1f} % right", flush=True)
    return 0


class TooFew(Exception):
    """There is nothing to hold out."""


def evaluate(data: Path, folds: int, config: Path = HERE / "config.yml") -> dict[str, Any]:
    """The scores, the curve, and every held-out example with what was made of it."""
    from rasa.shared.importers.importer import TrainingDataImporter

    from data_check import training_files

    importer = TrainingDataImporter.load_from_config(
        str(config), str(data / "domain.yml"), training_files(data)
    )
    whole, domain = importer.get_nlu_data(), str(data / "domain.yml")
    judged: list[Judged] = []
    learnt: dict[str, Any] = {}
    parts = list(_splits([message.get("intent") for message in whole.intent_examples], folds))
    for number, (taught, held) in enumerate(parts):
        share = 100 * number // len(parts)
        print(f"evaluate: {share:3d} % part {number + 1} of {len(parts)}", flush=True)
        with tempfile.TemporaryDirectory(prefix="parley-evaluate-") as folder:
            model = _trained(whole, domain, taught, config, Path(folder))
            learnt = learnt or learnt_by(model) or {}
            judged += _asked(model, [whole.intent_examples[i] for i in held])
    strangers = [[p["threshold"], p["strangers_caught"]] for p in learnt.get("curve") or []]
    return {
        **scores(judged),
        "folds": folds,
        "threshold": learnt.get("threshold"),
        "curve": curve(judged),
        "strangers": strangers,
        "messages": [
            [one.text, one.intent, one.found, round(one.confidence, 4), one.is_sure] for one in judged
        ],
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the designers' folder")
    parser.add_argument("--out", type=Path, required=True, help="where the result goes")
    parser.add_argument("--folds", type=int, default=0, help="0 for a fifth held out")
    return parser.parse_args()


def _splits(intents: list[str], folds: int) -> Iterator[tuple[list[int], list[int]]]:
    """What is taught and what is held out, each time. Raises `TooFew`."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    counts = Counter(intents)
    often = [i for i, intent in enumerate(intents) if counts[intent] > 1]
    single = [i for i, intent in enumerate(intents) if counts[intent] == 1]
    if len({intents[i] for i in often}) < 2:
        raise TooFew("two intents with two examples each are needed to hold any out")
    splitter = StratifiedKFold(folds or 5, shuffle=True, random_state=0)
    import warnings

    with warnings.catch_warnings():  # an intent with fewer examples than folds is held out less often
        warnings.simplefilter("ignore")
        parts = list(splitter.split(often, np.array([intents[i] for i in often])))
    for taught, held in parts if folds else parts[:1]:
        yield [often[i] for i in taught] + single, [often[i] for i in held]


def _trained(whole: Any, domain: str, taught: list[int], config: Path, folder: Path) -> Path:
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.training_data import TrainingData

    part = TrainingData(
        [whole.intent_examples[i] for i in taught],
        entity_synonyms=whole.entity_synonyms,
        regex_features=whole.regex_features,
        lookup_tables=joined(whole.lookup_tables),
    )
    file = folder / "taught.yml"
    file.write_text(part.nlu_as_yaml())
    made = train_nlu(str(config), str(file), str(folder), fixed_model_name="part", domain=domain)
    return Path(str(made))


def joined(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One table for each name: Rasa writes down the last of several, and each language has its own."""
    words: dict[str, list[str]] = {}
    for table in tables:
        words.setdefault(table["name"], []).extend(table["elements"])
    return [{"name": name, "elements": elements} for name, elements in words.items()]


def _asked(model: Path, held: list[Any]) -> list[Judged]:
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE

    from engine.archive import opened

    metadata, runner = opened(model)
    judged = []
    for begin in range(0, len(held), BATCH):
        part = held[begin : begin + BATCH]
        messages = [UserMessage(example.get("text")) for example in part]
        found = runner.run({PLACEHOLDER_MESSAGE: messages}, [metadata.nlu_target])[metadata.nlu_target]
        judged += [
            _judged(e, f.as_dict(only_output_properties=True)) for e, f in zip(part, found, strict=True)
        ]
    return judged


def _judged(example: Any, parse: dict[str, Any]) -> Judged:
    ranking = [one for one in parse.get("intent_ranking") or [] if one["name"] != FALLBACK]
    best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    return Judged(
        text=example.get("text"),
        intent=example.get("intent"),
        found=best["name"],
        confidence=float(best["confidence"]),
        is_sure=(parse.get("intent") or {}).get("name") not in (None, FALLBACK),
        entities=_places(example.get("entities") or []),
        found_entities=_places(parse.get("entities") or []),
    )


def _places(entities: list[dict[str, Any]]) -> tuple[tuple[str, int, int], ...]:
    return tuple((e["entity"], e["start"], e["end"]) for e in entities if "start" in e)


if __name__ == "__main__":
    sys.exit(main())
