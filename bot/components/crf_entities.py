"""Rasa's CRF for entities, kept as it was trained and asked for no more than it must say."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

import pycrfsuite
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.crf_entity_extractor import BILOU_FLAG, CRFEntityExtractor, CRFToken
from rasa.nlu.utils.bilou_utils import apply_bilou_schema_to_message
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, NO_ENTITY_TAG, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

ORDER = "crf_order.json"
NOT_FOR = "not_for"
LEFT_TO_PATTERNS = "left_to_patterns"
CAPITALISED = "capitalised_too"
SENTENCE_ENDS = {".", "!", "?", "…"}
BESIDES_TEXT = {"pattern", "text_dense_features", "pos", "pos2"}
"""Features of a word that need more of it than its text."""
NONE = {NO_ENTITY_TAG}
REMEMBERED, ORDINARY = 8_192, 24
"""How many words' features are kept, and of how many letters."""


class Tagger:
    """A trained CRF. Safe in several threads at once."""

    def __init__(self, model: bytes) -> None:
        """`model`: as crfsuite writes it."""
        self.model = model
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)
        self._labels = self._tagger.labels()
        self._lock = threading.Lock()

    def predict_marginals_single(self, features: list[dict[str, Any]]) -> list[dict[str, float]]:
        """For each token the chance of each tag; of no entity alone, where that is likelier than not."""
        with self._lock:
            self._tagger.set(features)
            return [self._chances(place) for place in range(len(features))]

    def _chances(self, place: int) -> dict[str, float]:
        if NO_ENTITY_TAG in self._labels:
            none = self._tagger.marginal(NO_ENTITY_TAG, place)
            if none > 0.5:
                return {NO_ENTITY_TAG: none}
        return {label: self._tagger.marginal(label, place) for label in self._labels}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CrfEntities(CRFEntityExtractor):
    """Finds what Rasa's `CRFEntityExtractor` finds, with the same settings and three more.

    `not_for`: entities that are left to others. `left_to_patterns`: those that are where the training data
    have a regex of their name. Of what a pattern knows wholly, a number's shape or a date's words, guesses
    would be parts and mistakes. `capitalised_too`: learn from each example with its sentences begun by a
    capital as well. Designers write in small letters, but for names; from that alone, the "Hello" of a
    "Hello! Where is it?" would be a name, too.

    That one keeps the training data in the model and learns again whenever the model is loaded; asks for
    the chances of all tags of every token, most of which are of no entity; and passes over messages for
    which no featurizer had anything, though it looks at words alone: here, all that the sentence vectors
    cannot read.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's, nothing left to others, and the examples as they are."""
        rasas: dict[str, Any] = CRFEntityExtractor.get_default_config()
        return {**rasas, NOT_FOR: [], LEFT_TO_PATTERNS: [], CAPITALISED: False}

    @cached_property
    def _known_words(self) -> dict[str, list[dict[str, Any]]]:
        return {}

    @property
    def name(self) -> str:
        """As which its entities are known."""
        return CRFEntityExtractor.__name__

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples, whether they have features or not."""
        self.check_correct_entity_annotations(training_data)
        self._update_crf_order(training_data)
        examples = self._own(self.filter_trainable_entities(training_data.nlu_examples), training_data)
        if not any(one.get(ENTITIES) for one in examples):
            return self._resource
        if self.component_config[BILOU_FLAG]:
            for example in examples:
                apply_bilou_schema_to_message(example)
        dataset = [self._convert_to_crf_tokens(one) for one in examples if one.get(TOKENS_NAMES[TEXT])]
        if self.component_config[CAPITALISED]:
            dataset += [_capitalised(words) for words in dataset if words[0].text[0].islower()]
        self.entity_taggers = self.train_model(dataset, self.component_config, self.crf_order)
        self.persist(dataset)
        return self._resource

    def _own(self, examples: list[Message], training_data: TrainingData) -> list[Message]:
        """The examples, with those entities alone that are to be learnt here."""
        patterns = {one["name"] for one in training_data.regex_features}
        left = {*self.component_config[NOT_FOR], *(patterns & {*self.component_config[LEFT_TO_PATTERNS]})}
        for example in examples:
            example.set(ENTITIES, [one for one in example.get(ENTITIES) if one["entity"] not in left])
        return examples

    def extract_entities(self, message: Message) -> list[dict[str, Any]]:
        """The entities of a message that has been split into words."""
        tokens = message.get(TOKENS_NAMES[TEXT])
        if not self.entity_taggers or not tokens:
            return []
        chances: dict[str, list[dict[str, float]]] = {}
        words: list[CRFToken] = []
        for tag, tagger in self.entity_taggers.items():
            if tag == ENTITY_ATTRIBUTE_TYPE:
                chances[tag] = tagger.predict_marginals_single(self._features(message))
                if all(one.keys() == NONE for one in chances[tag]):
                    return []
                continue
            words = words or self._words(message)  # roles and groups look at the entities found
            self._add_tag_to_crf_token(words, chances)
            features = self._crf_tokens_to_features(words, self.component_config, True)
            chances[tag] = tagger.predict_marginals_single(features)
        tags, sure = self._tag_confidences(tokens, chances)
        found: list[dict[str, Any]] = self.convert_predictions_into_entities(
            message.get(TEXT), tokens, tags, self.split_entities_config, sure
        )
        return found

    def _features(self, message: Message) -> list[dict[str, Any]]:
        """As `_crf_tokens_to_features`; those of a word that was met before are known."""
        if self._looks_besides_text():
            stock: list[dict[str, Any]] = self._crf_tokens_to_features(
                self._words(message), self.component_config
            )
            return stock
        tokens = [self._seen(one.text) for one in message.get(TOKENS_NAMES[TEXT])]
        half = len(self.component_config["features"]) // 2
        found = []
        for place in range(len(tokens)):
            features: dict[str, Any] = {}
            for position in range(-half, half + 1):
                at = place + position
                if at >= len(tokens):
                    features["EOS"] = True
                elif at < 0:
                    features["BOS"] = True
                else:
                    features.update(tokens[at][position + half])
            found.append(features)
        return found

    def _seen(self, text: str) -> list[dict[str, Any]]:
        """A word's features for each place in the window."""
        seen = self._known_words.get(text)
        if seen is None:
            word = CRFToken(text, "", {}, [], NO_ENTITY_TAG, NO_ENTITY_TAG, NO_ENTITY_TAG)
            half = len(self.component_config["features"]) // 2
            seen = [
                {f"{place - half}:{name}": self.function_dict[name](word) for name in names}
                for place, names in enumerate(self.component_config["features"])
            ]
            if len(self._known_words) >= REMEMBERED:
                self._known_words.clear()
            if len(text) <= ORDINARY:
                self._known_words[text] = seen
        return seen

    def _looks_besides_text(self) -> bool:
        return any(name in BESIDES_TEXT for names in self.component_config["features"] for name in names)

    def _words(self, message: Message) -> list[CRFToken]:
        """As `_convert_to_crf_tokens`, but with what the features look at: in most pipelines, text alone."""
        if self._looks_besides_text():
            words: list[CRFToken] = self._convert_to_crf_tokens(message)
            return words
        none = NO_ENTITY_TAG
        return [CRFToken(one.text, "", {}, [], none, none, none) for one in message.get(TOKENS_NAMES[TEXT])]

    def persist(self, dataset: list[list[CRFToken]]) -> None:
        """Put the trained taggers, not what they were trained on, into the model."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / ORDER).write_text(json.dumps(self.crf_order))
            for tag, trained in self.entity_taggers.items():
                (folder / f"{tag}.crfsuite").write_bytes(Path(trained.modelfile.name).read_bytes())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CrfEntities:
        """The trained extractor; one that finds nothing where there was nothing to learn."""
        extractor = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                extractor.crf_order = json.loads((folder / ORDER).read_text())
                extractor.entity_taggers = OrderedDict(
                    (tag, Tagger((folder / f"{tag}.crfsuite").read_bytes())) for tag in extractor.crf_order
                )
        except ValueError:
            extractor.entity_taggers = None  # Rasa's word for "nothing was persisted"
        return extractor


def _capitalised(words: list[CRFToken]) -> list[CRFToken]:
    """The words of a message, those at the beginning of a sentence with a capital."""
    begins = [True, *(word.text in SENTENCE_ENDS for word in words[:-1])]
    return [_with_capital(word) if is_first else word for word, is_first in zip(words, begins, strict=True)]


def _with_capital(word: CRFToken) -> CRFToken:
    written = copy(word)
    written.text = word.text[0].upper() + word.text[1:]
    return written
