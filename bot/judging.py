"""Judging by examples that were held out: how often an intent or entity is told rightly, and what else."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

OUT_OF_SCOPE = "out_of_scope"
STEPS = [round(step * 0.05, 2) for step in range(20)]


class Judged(NamedTuple):
    """One held-out example and what the model made of it."""

    text: str
    intent: str
    found: str | None
    """The likeliest intent, whether or not the model was sure enough to answer."""
    confidence: float
    is_sure: bool
    entities: tuple[tuple[str, int, int], ...]
    found_entities: tuple[tuple[str, int, int], ...]


def scores(judged: list[Judged]) -> dict[str, Any]:
    """Precision, recall and F1 for each intent and entity, the confusion matrix, and how many were right."""
    intents = _table([({one.intent}, {one.found} if one.found else set()) for one in judged])
    entities = _table([(_named(one.entities), _named(one.found_entities)) for one in judged], of=0)
    right = sum(one.found == one.intent for one in judged)
    pairs = Counter((one.intent, one.found or "") for one in judged)
    return {
        "examples": len(judged),
        "right": round(right / len(judged), 4) if judged else None,
        "intents": intents,
        "entities": entities,
        "matrix": [[given, found, count] for (given, found), count in sorted(pairs.items())],
    }


def curve(judged: list[Judged]) -> list[dict[str, float | None]]:
    """For each threshold: which share of what is in scope is told rightly and wrongly, which share of what is
    out of scope is caught (taken for that, or asked back about). None where there are no such examples."""
    inside = [one for one in judged if one.intent != OUT_OF_SCOPE]
    outside = [one for one in judged if one.intent == OUT_OF_SCOPE]
    points = []
    for threshold in STEPS:
        answered = [one for one in inside if one.confidence >= threshold]
        right = sum(one.found == one.intent for one in answered)
        caught = sum(one.found == OUT_OF_SCOPE or one.confidence < threshold for one in outside)
        points.append(
            {
                "threshold": threshold,
                "right": _share(right, inside),
                "wrong": _share(len(answered) - right, inside),
                "caught": _share(caught, outside),
            }
        )
    return points


def _named(entities: tuple[tuple[str, int, int], ...]) -> set[tuple[str, int, int]]:
    return set(entities)


def _table(pairs: list[tuple[set[Any], set[Any]]], of: int | None = None) -> dict[str, dict[str, Any]]:
    """By name: precision, recall, F1 and how many there were. `of` is the place of the name in an item."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for given, told in pairs:
        for counter, items in ((wanted, given), (found, told), (both, given & told)):
            counter.update(item if of is None else item[of] for item in items)
    table = {}
    for name in sorted(wanted | found):
        precision = both[name] / found[name] if found[name] else 0.0
        recall = both[name] / wanted[name] if wanted[name] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        row = {"precision": precision, "recall": recall, "f1": f1}
        table[name] = {key: round(value, 4) for key, value in row.items()} | {"support": wanted[name]}
    return table


def _share(count: int, of: list[Any]) -> float | None:
    return round(count / len(of), 4) if of else None
