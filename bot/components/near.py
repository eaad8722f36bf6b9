"""Examples of different intents that mean nearly the same, by the model's own sentence vectors.

The studio's web process has no encoder, so training says it: `near.json` lies beside the model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

LEAST = 0.85
"""Cosine from which two are told. In the sample's data, 9 of 1.6 million pairs lie above it."""
MOST = 500
BLOCK = 1000


def pairs(vectors: np.ndarray, intents: list[str]) -> list[tuple[float, int, int]]:
    """Cosine and places of those of different intents that lie nearest, the nearest first.

    A row of zeros is a text in a script that the encoder cannot read, and near to none.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(lengths, 1e-9)
    kinds = np.unique(intents, return_inverse=True)[1]
    found: list[tuple[float, int, int]] = []
    for begin in range(0, len(unit), BLOCK):
        cosines = unit[begin : begin + BLOCK] @ unit[: begin + BLOCK].T
        is_near = (cosines >= LEAST) & (kinds[begin : begin + BLOCK, None] != kinds[None, : begin + BLOCK])
        is_near &= np.arange(is_near.shape[1])[None] < np.arange(begin, begin + len(is_near))[:, None]
        rows, columns = np.nonzero(is_near)
        best = np.argsort(-cosines[rows, columns], kind="stable")[:MOST]
        found += [
            (float(cosines[r, c]), int(c), begin + int(r))
            for r, c in zip(rows[best], columns[best], strict=True)
        ]
        found = sorted(found, key=lambda each: -each[0])[:MOST]
    return found


def write_near(data: Path, config: Path, out: Path) -> None:
    """Write `near.json` into `out`: `[cosine, [text, intent], [text, intent]]` each; nothing without weights.

    The vectors are those that this training has just computed and kept.
    """
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.utils.io import read_config_file

    from components.encoder import Encoder, Kept
    from components.sentence_vectors import CACHE, SentenceVectors, built_encoder, weights_of
    from data_check import training_files

    given = _settings(read_config_file(config))
    whole = None if given is None else {**SentenceVectors.get_default_config(), **given}
    weights = None if whole is None else weights_of(whole)
    if whole is None or weights is None:
        return
    importer = TrainingDataImporter.load_from_config(
        str(config), str(data / "domain.yml"), training_files(data)
    )
    examples = importer.get_nlu_data().intent_examples
    texts, intents = ([str(each.get(key)) for each in examples] for key in ("text", "intent"))
    encoder = Encoder.shared(built_encoder(weights, whole["scripts"]))
    kept = Kept(CACHE / f"{encoder.id}.sqlite")
    found = pairs(kept.encode(texts, encoder), intents)
    kept.close()
    told = [[round(c, 3), [texts[i], intents[i]], [texts[j], intents[j]]] for c, i, j in found]
    (out / "near.json").write_text(json.dumps(told))


def _settings(config: dict[str, Any]) -> dict[str, Any] | None:
    """What the pipeline says to its sentence vectors; None if it has none."""
    for each in config["pipeline"]:
        if each["name"] == "components.sentence_vectors.SentenceVectors":
            return {key: value for key, value in each.items() if key != "name"}
    return None
