"""Intents that the last evaluation took for each other, with the examples that are still there."""

from collections import defaultdict
from typing import Any

from inbox.studio.advice import MOST, Advice, Spot
from inbox.studio.personal import masked
from inbox.studio.project import Project

_LEAST = 2
"""Messages of a pair: a single one happens."""
_NOTHING = (None, "", "nlu_fallback")


def collisions(result: dict[str, Any], project: Project) -> list[Advice]:
    """A piece of advice for each pair of intents, the most frequent first.

    `result` is an evaluation's: its `messages` are the text, its intent and the one that was told. What was
    changed or moved since does not count any more.
    """
    places = {(each.name, e.text): (each, e) for each in project.of("intent") for e in each.examples}
    found: dict[tuple[str, str], list[Spot]] = defaultdict(list)
    for text, intent, told, *_ in result.get("messages", ()):
        place = places.get((intent, text))
        if told in _NOTHING or told == intent or place is None:
            continue
        _, example = place
        spot = Spot(intent, example.written, masked(text), example.place.file, example.place.line)
        found[min(intent, told), max(intent, told)].append(spot)
    pairs = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_advice(one, other, spots) for (one, other), spots in pairs if len(spots) >= _LEAST][:MOST]


def _advice(one: str, other: str, spots: list[Spot]) -> Advice:
    count = len(spots)
    return Advice(
        "collision",
        f"{count} messages of {one} and {other} were taken for the other in the last evaluation.",
        sorted(spots, key=lambda s: (s.intent, s.file, s.line)),
        [one, other],
    )
