"""Examples of different intents that mean nearly the same are found by their vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from components import near


def test_pairs_of_different_intents_the_nearest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "BLOCK", 2)  # so that they lie in several blocks
    vectors = np.array([[1, 0], [0, 1], [2, 0.1], [0, 0], [1, 0.3], [0.1, 1]], np.float32)
    found = near.pairs(vectors, ["a", "b", "b", "b", "b", "b"])
    assert [(i, j) for _, i, j in found] == [(0, 2), (0, 4)]
    assert found[0][0] == pytest.approx(0.9988, abs=1e-3)


def test_no_more_than_one_can_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "MOST", 3)
    same = np.ones((40, 3), np.float32)
    assert len(near.pairs(same, [str(n) for n in range(40)])) == 3
    assert near.pairs(np.zeros((0, 3), np.float32), []) == []


def test_training_says_which_lie_beside_each_other(models: Path) -> None:
    told = json.loads((models / "near.json").read_text())
    assert told and all(cosine >= near.LEAST and one[1] != other[1] for cosine, one, other in told)
    assert told == sorted(told, key=lambda each: -each[0])
