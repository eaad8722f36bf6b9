"""Fallback by the thresholds that training chose."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.intents import THRESHOLDS

# "?" or "…" by itself: a sign that somebody waits, and no intent. Emoji are not among these.
NOTHING = re.compile(r"[\s!-/:-@\[-`{-~¡¿…।。？！、،؟]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LearntFallback(FallbackClassifier):
    """Rasa's `FallbackClassifier` with the classifier's own thresholds.

    `threshold` or `ambiguity_threshold` in `config.yml` overrule what was learnt.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing: what was learnt holds."""
        return {}

    def process(self, messages: list[Message]) -> list[Message]:
        """Put `nlu_fallback` in front where the bot had better ask."""
        for message in messages:
            threshold, ambiguity = message.get(THRESHOLDS) or (0.3, 0.1)
            if NOTHING.fullmatch(message.get(TEXT) or ""):
                threshold = 1.0
            learnt = {"threshold": threshold, "ambiguity_threshold": ambiguity}
            FallbackClassifier({**learnt, **self.component_config}).process([message])
        return messages
