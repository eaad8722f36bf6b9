"""Where two extractors found the same words, keep one entity."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

# A pattern or a word list is exact; what a model guessed gives way to it.
EXACT = "RegexEntityExtractor"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityOverlap(GraphComponent):
    """Of entities that overlap in a message, keep the exact one, else the longest.

    A stock pipeline of `CRFEntityExtractor` and `RegexEntityExtractor` reports "48213" twice.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityOverlap:
        """A component that has no state."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with entities that do not overlap, in order of position."""
        for message in messages:
            entities = message.get(ENTITIES)
            if entities:
                message.set(ENTITIES, without_overlaps(entities), add_to_output=True)
        return messages


def without_overlaps(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entities to keep, by position. Those without a position (of a payload) all stay."""
    placed = [entity for entity in entities if entity.get("start") is not None]
    kept = [entity for entity in entities if entity.get("start") is None]
    for entity in sorted(placed, key=_rank):
        if not any(_overlap(entity, other) for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.get("start") or 0)


def _rank(entity: dict[str, Any]) -> tuple[bool, int, int]:
    length = entity["end"] - entity["start"]
    return (entity.get("extractor") != EXACT, -length, entity["start"])


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if other.get("start") is None:
        return False
    return bool(one["start"] < other["end"] and other["start"] < one["end"])
