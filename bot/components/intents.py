"""The intent classifier: n-grams and sentence vectors, calibrated."""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from safetensors.numpy import load_file, save_file
from threadpoolctl import threadpool_limits

from components.calibration import Calibration, calibrate, log_loss
from components.sentence_vectors import vectors_of
from components.similarity import SHAPES, Examples, HeldOut, Shape, Similarity, fit

ARRAYS, REST = "similarity.safetensors", "similarity.json"
# What `components.fallback.LearntFallback` reads.
THRESHOLDS = "learnt_thresholds"

log = logging.getLogger("parley.train")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SimilarIntent(IntentClassifier, GraphComponent):
    """Tells a message's intent from how similar it is to each intent's examples.

    Uses the vectors of a `components.sentence_vectors.SentenceVectors` before it in the pipeline,
    and n-grams alone where there are none. The thresholds for fallback and ambiguity are chosen on
    held-out scores in training and kept with the model, with the curve: see `calibration`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ranking_length`: how many intents are reported. `max_examples`: memory grows with its
        square (4 bytes each); of more, a sample is taken that keeps every intent. `tune_on`: how
        many examples decide the kernel's shape."""
        return {"ranking_length": 10, "max_examples": 16_000, "tune_on": 2_500}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """An untrained classifier, which says nothing."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._intents: list[str] = []
        self._similarity: Similarity | None = None
        self._calibration = Calibration()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SimilarIntent:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have an intent."""
        messages = [message for message in training_data.intent_examples if message.get(TEXT)]
        messages = list({(one.get(TEXT), one.get(INTENT)): one for one in messages}.values())
        messages = sample(messages, self._config["max_examples"])
        self._intents = sorted({message.get(INTENT) for message in messages})
        if not messages:
            return self._resource
        number = {intent: i for i, intent in enumerate(self._intents)}
        examples = Examples(
            [message.get(TEXT) for message in messages],
            np.array([number[message.get(INTENT)] for message in messages]),
            vectors_of(messages),
        )
        shape = best_shape(examples, len(self._intents), self._config["tune_on"])
        self._similarity, held_out = fit(examples, len(self._intents), shape)
        self._calibration = calibrate(held_out, examples.intents)
        self._report(examples, held_out)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking`; all messages are scored at once."""
        asked = [message for message in messages if message.get(TEXT)]
        if not asked or self._similarity is None:
            return messages
        scores = self._similarity.scores([one.get(TEXT) for one in asked], vectors_of(asked))
        thresholds = (self._calibration.threshold, self._calibration.ambiguity)
        for message, row in zip(asked, self._calibration.confidences(scores), strict=True):
            best = np.argsort(-row)[: self._config["ranking_length"]]
            ranking = [{"name": self._intents[i], "confidence": float(row[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(THRESHOLDS, thresholds)
        return messages

    def _report(self, examples: Examples, held_out: HeldOut) -> None:
        right = np.mean(held_out.known.argmax(axis=1) == examples.intents)
        log.info("intents: %.1f %% of %d examples right when held out", 100 * right, len(examples.texts))
        log.info("intents: asking back below a confidence of %.2f", self._calibration.threshold)
        without = int((examples.has_vector == 0).sum())
        if without:
            log.warning("intents: %d of %d examples by n-grams alone", without, len(examples.texts))

    def _persist(self) -> None:
        assert self._similarity is not None
        shape = self._similarity.shape
        with self._storage.write_to(self._resource) as folder:
            save_file(self._similarity.arrays, str(folder / ARRAYS))
            rest = {
                "intents": self._intents,
                "shape": [shape.share, shape.sharpness, shape.ridge],
                "calibration": self._calibration.as_dict(),
            }
            (folder / REST).write_text(json.dumps(rest))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SimilarIntent:
        """The trained classifier. Raises what a damaged file raises."""
        classifier = cls(config, model_storage, resource)
        # A message is too little work for two threads: they would only wait for each other.
        threadpool_limits(1, user_api="blas")
        try:
            with model_storage.read_from(resource) as folder:
                classifier._restore(folder)
        except ValueError:
            # Rasa's word for "nothing was persisted": there was no intent to learn.
            log.warning("intents: the model has none")
        return classifier

    def _restore(self, folder: Path) -> None:
        rest = json.loads((folder / REST).read_text())
        self._intents = rest["intents"]
        self._calibration = Calibration(**rest["calibration"])
        self._similarity = Similarity(Shape(*rest["shape"]), load_file(str(folder / ARRAYS)))


def best_shape(examples: Examples, intents: int, tune_on: int) -> Shape:
    """The kernel whose held-out scores tell the intents of (a sample of) the examples best."""
    if len(examples.texts) < 3 * intents or intents < 3:
        return Shape()
    chosen = np.sort(np.random.default_rng(0).permutation(len(examples.texts))[:tune_on])
    some = examples.some(chosen)
    shapes = SHAPES if examples.has_vector.any() else [one for one in SHAPES if one.share == SHAPES[0].share]
    losses = {
        shape: log_loss(fit(some, intents, shape)[1].known, some.intents)[0]
        for shape in dict.fromkeys(shapes)
    }
    return min(losses, key=lambda shape: losses[shape])


def sample(messages: list[Message], at_most: int) -> list[Message]:
    """At most so many messages, and as large a part of each intent as of the others."""
    if len(messages) <= at_most:
        return messages
    log.warning("intents: learning from %d of %d examples", at_most, len(messages))
    sizes = Counter(message.get(INTENT) for message in messages)
    order = np.random.default_rng(0).permutation(len(messages))
    place: Counter[str] = Counter()
    ranked = []
    for i in order:
        intent = messages[i].get(INTENT)
        ranked.append((place[intent] / sizes[intent], i))
        place[intent] += 1
    return [messages[i] for _, i in sorted(ranked)[:at_most]]
