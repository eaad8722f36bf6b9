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
from rasa.shared.nlu.training_data.entities_parser import parse_training_example
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.utils.io import read_yaml_file

from components.crf_entities import CrfEntities
from components.exact_entities import ExactEntities
from components.spacy_tokenizer import SpacyTokenizer
from running import Bot, Customer

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


OF_THE_BOT = [["low", "title", "digit"], ["bias", "low", "prefix2", "suffix3"], ["low", "title", "digit"]]


@pytest.fixture(scope="module", params=["Rasa's features", "text alone"])
def extractors(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[CRFEntityExtractor]:
    """Rasa's and ours, trained on the same and loaded again."""
    loaded = []
    features = {"features": OF_THE_BOT} if request.param == "text alone" else {}
    for kind in (CRFEntityExtractor, CrfEntities):
        storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
        resource, context = Resource(kind.__name__), ExecutionContext(GraphSchema({}))
        config: dict[str, Any] = {
            **kind.get_default_config(),
            **features,
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


def exact(*words: str, settings: dict[str, Any] | None = None, tmp_path: Path) -> ExactEntities:
    """An extractor that knows a list of things, loaded from what it kept."""
    block = "".join(f"    - {word}\n" for word in words)
    data = f"version: '3.1'\nnlu:\n- lookup: thing\n  examples: |\n{block}"
    data += f"- intent: a\n  examples: |\n    - [{words[0]}](thing)\n"
    storage, resource = LocalModelStorage(tmp_path), Resource("exact")
    config, context = settings or {}, ExecutionContext(GraphSchema({}))
    ExactEntities.create(config, storage, resource, context).train(RasaYAMLReader().reads(data))
    return ExactEntities.load(config, storage, resource, context)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("क्या कुर्सी मिलेगी", ["कुर्सी"]),
        ("कुर्सियाँ मिलेंगी", []),  # another word, which begins alike
        ("मेज़, सोफ़ा?", ["मेज़", "सोफ़ा"]),
        ("我要退沙发吗", ["沙发"]),
        ("the new one-off", ["new one"]),
        ("news of newones, a NEW", ["NEW"]),
        ("sofàs", []),
    ],
)
def test_words_of_lists_are_found_in_every_script(tmp_path: Path, text: str, found: list[str]) -> None:
    extractor = exact("कुर्सी", "मेज़", "सोफ़ा", "沙发", "new", "new one", "sof", tmp_path=tmp_path)
    entities = extractor.process([Message.build(text=text)])[0].get("entities")
    assert [one["value"] for one in entities] == found
    assert all(one["extractor"] == "RegexEntityExtractor" for one in entities)


def test_a_designers_pattern_that_takes_forever_holds_up_nobody(tmp_path: Path) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("exact")
    patterns = [{"name": "tag", "pattern": "(a+)+$"}, {"name": "number", "pattern": r"\b\d{5}\b"}]
    extractor = ExactEntities(ExactEntities.get_default_config(), storage, resource, patterns)
    (message,) = extractor.process([Message.build("a" * 60 + "! my order is 48213")])
    (found,) = message.get("entities")
    assert (found["entity"], found["value"]) == ("number", "48213")
    assert message.get("text")[found["start"] : found["end"]] == "48213"


def test_words_may_be_parts_where_the_settings_say_so(tmp_path: Path) -> None:
    extractor = exact("sof", settings={"use_word_boundaries": False}, tmp_path=tmp_path)
    assert len(extractor.process([Message.build(text="sofas")])[0].get("entities")) == 1


CITY_PATTERN = """
- regex: city
  examples: |
    - New York
"""


@pytest.mark.parametrize(
    ("setting", "more", "learnt"),
    [
        ("not_for", "", {"product"}),
        ("left_to_patterns", "", {"product", "city"}),
        ("left_to_patterns", CITY_PATTERN, {"product"}),
    ],
)
def test_what_is_left_to_others_is_not_learnt(
    tmp_path: Path, setting: str, more: str, learnt: set[str]
) -> None:
    storage, resource, context = (
        LocalModelStorage(tmp_path),
        Resource("crf"),
        ExecutionContext(GraphSchema({})),
    )
    config = {**CrfEntities.get_default_config(), setting: ["city"]}
    data = RasaYAMLReader().reads(EXAMPLES + more)
    SpacyTokenizer(SpacyTokenizer.get_default_config()).process_training_data(data)
    CrfEntities.create(config, storage, resource, context).train(data)
    loaded = CrfEntities.load(config, storage, resource, context)
    message = Message.build(text="send the oak lamp to New York")
    SpacyTokenizer(SpacyTokenizer.get_default_config()).process([message])
    assert {one["entity"] for one in loaded.extract_entities(message)} == learnt


def test_entities_of_messages_that_it_was_not_trained_on(bot: Bot) -> None:
    """Every mention with its place, in three languages; the score is printed, with what went wrong."""
    held_out = read_yaml_file(Path(__file__).parent / "held_out_entities.yml")["examples"].splitlines()
    given = found = right = 0
    wrong = []
    for line in held_out:
        example = parse_training_example(line.removeprefix("- "))
        wanted = places(example.get("entities") or [])
        told = places(Customer(bot).says(example.get("text"))["parse"]["entities"])
        told = {one for one in told if one[0] != "money"}  # the examples mark none
        given, found, right = given + len(wanted), found + len(told), right + len(wanted & told)
        if wanted != told:
            wrong.append(f"{line}: missed {wanted - told}, made up {told - wanted}")
    f1 = 2 * right / (given + found)
    print(f"\nF1 {f1:.3f} of {given} entities")
    assert f1 >= 0.93, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "Hello! Where is my order?",
        "Buongiorno, vorrei rendere il tavolo",
        "Namaste! Mera order kahan hai?",
        "Excuse me! When do you open?",
        "Okay! Bye",
    ],
)
def test_a_capital_at_the_beginning_of_a_sentence_is_no_name(bot: Bot, text: str) -> None:
    entities = Customer(bot).says(text)["parse"]["entities"]
    assert "city" not in {one["entity"] for one in entities}


def places(entities: list[dict[str, Any]]) -> set[tuple[str, int, int]]:
    return {(one["entity"], one["start"], one["end"]) for one in entities}
