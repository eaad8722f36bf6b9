"""The trained extractor: what Rasa's own finds, without learning it again at each start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.crf_entity_extractor import CRFEntityExtractor
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from components.crf_entities import CrfEntities
from components.spacy_tokenizer import SpacyTokenizer

EXAMPLES = """
version: "3.1"
nlu:
- intent: ask
  examples: |
    - is the [oak lamp](product) here
    - do you have a [rug](product)
    - send the [oak lamp](product) to [Leeds](city)
    - is there a shop in [Leeds](city)
    - where in [New York](city) are you
    - when do you open
    - how much is it
"""
TEXTS = ["send the rug to New York", "is the lamp here", "oak", "when do you open in Leeds", "🙂", "a" * 3000]


@pytest.fixture(scope="module")
def extractors(tmp_path_factory: pytest.TempPathFactory) -> list[CRFEntityExtractor]:
    """Rasa's and ours, trained on the same and loaded again."""
    loaded = []
    for kind in (CRFEntityExtractor, CrfEntities):
        storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
        resource, context = Resource(kind.__name__), ExecutionContext(GraphSchema({}))
        config: dict[str, Any] = {
            **kind.get_default_config(),
            "max_iterations": 50,
            "L1_c": 0.01,
            "L2_c": 0.01,
        }
        data = RasaYAMLReader().reads(EXAMPLES)
        SpacyTokenizer(SpacyTokenizer.get_default_config()).process_training_data(data)
        with with_features(kind is CRFEntityExtractor):
            kind.create(config, storage, resource, context).train(data)
        loaded.append(kind.load(config, storage, resource, context))
    return loaded


@contextmanager
def with_features(they_have: bool) -> Iterator[None]:
    """Rasa's passes over messages without features, of which it would make no use; ours does not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Message, "features_present", lambda *_, **__: they_have)
        yield


@pytest.mark.parametrize("text", TEXTS)
def test_it_finds_what_rasas_finds(extractors: list[CRFEntityExtractor], text: str) -> None:
    found = []
    for extractor in extractors:
        message = Message.build(text=text)
        SpacyTokenizer(SpacyTokenizer.get_default_config()).process([message])
        with with_features(type(extractor) is CRFEntityExtractor):
            found.append(extractor.process([message])[0].get("entities"))
    stock, ours = found
    assert len(stock) == len(ours)
    for theirs, mine in zip(stock, ours, strict=True):
        assert mine.pop("confidence_entity") == pytest.approx(theirs.pop("confidence_entity"), abs=1e-6)
        assert mine == theirs
    assert text != TEXTS[0] or "New York" in {one["value"] for one in ours}


def test_nothing_to_learn_is_nothing_found(tmp_path: Path) -> None:
    storage, context = LocalModelStorage(tmp_path), ExecutionContext(GraphSchema({}))
    empty = CrfEntities.load(CrfEntities.get_default_config(), storage, Resource("none"), context)
    assert empty.extract_entities(Message.build(text="hello")) == []
