"""Examples of different intents that mean nearly the same, as the last training found by sentence vectors."""

from typing import Any

from inbox.studio.advice import MOST, Advice, Spot
from inbox.studio.personal import masked
from inbox.studio.project import Example, Listed, Project


def likenesses(result: dict[str, Any], project: Project, told: list[Advice]) -> list[Advice]:
    """A piece of advice for each pair, the nearest first.

    `result` is a training's: its `near` are `[cosine, [text, intent], [text, intent]]`. What was changed or
    moved since does not count any more, nor what others have `told` by the letters of the two.
    """
    places = {(each.name, e.text): (each, e) for each in project.of("intent") for e in each.examples}
    known = {frozenset((s.intent, s.written) for s in each.spots) for each in told}
    found = []
    for cosine, one, other in result.get("near", ()):
        here, there = (places.get((intent, text)) for text, intent in (one, other))
        if here is None or there is None:
            continue
        spots = [_spot(*here), _spot(*there)]
        if frozenset((s.intent, s.written) for s in spots) not in known:
            names = [one_intent, other_intent] = [spot.intent for spot in spots]
            found.append(
                Advice(
                    "near_duplicate",
                    f"Nearly the same meaning ({cosine:.0%}) in {one_intent} and {other_intent}.",
                    spots,
                    names,
                )
            )
    return found[:MOST]


def _spot(listed: Listed, example: Example) -> Spot:
    place = example.place
    return Spot(listed.name, example.written, masked(example.text), place.file, place.line)
