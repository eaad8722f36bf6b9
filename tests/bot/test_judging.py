"""Scores of examples that were held out, worked out by hand."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

from evaluate import joined
from judging import Judged, curve, scores
from stories import own_names


def one(intent: str, found: str | None, confidence: float = 0.9, **entities: object) -> Judged:
    given = tuple(entities.get("given", ()))  # type: ignore[call-overload]
    told = tuple(entities.get("told", ()))  # type: ignore[call-overload]
    return Judged("text", intent, found, confidence, confidence > 0.5, given, told)


def test_precision_recall_and_f1_of_intents_and_entities() -> None:
    city = ("city", 0, 4)
    told = scores(
        [
            one("greet", "greet", given=[city], told=[city]),
            one("greet", "bye", given=[city], told=[("city", 0, 3)]),
            one("bye", "bye"),
            one("bye", None),
        ]
    )
    assert told["right"] == 0.5
    assert told["intents"]["greet"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2}
    assert told["intents"]["bye"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert told["entities"]["city"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert told["matrix"] == [["bye", "", 1], ["bye", "bye", 1], ["greet", "bye", 1], ["greet", "greet", 1]]


def test_out_of_scope_is_caught_by_the_threshold_or_by_its_intent() -> None:
    at = {
        point["threshold"]: point
        for point in curve(
            [
                one("greet", "greet", 0.8),
                one("greet", "bye", 0.3),
                one("out_of_scope", "greet", 0.4),
                one("out_of_scope", "out_of_scope", 0.9),
            ]
        )
    }
    assert at[0.0] == {"threshold": 0.0, "right": 0.5, "wrong": 0.5, "caught": 0.5}
    assert at[0.5] == {"threshold": 0.5, "right": 0.5, "wrong": 0.0, "caught": 1.0}
    assert curve([one("greet", "greet")])[0]["caught"] is None


def test_no_languages_words_are_lost_when_a_part_is_written_down() -> None:
    tables = [{"name": "product", "elements": ["lamp"]}, {"name": "product", "elements": ["lampada"]}]
    assert joined(tables) == [{"name": "product", "elements": ["lamp", "lampada"]}]
    part = TrainingData(lookup_tables=joined(tables))
    assert {"lamp", "lampada"} <= set(RasaYAMLReader().reads(part.nlu_as_yaml()).lookup_tables[0]["elements"])


def test_a_failed_story_names_its_file_as_designers_know_it(tmp_path: Path) -> None:
    words = f"- story: bye ({tmp_path}/tests/test_stories.yml)\n"
    assert own_names(words, tmp_path) == "- story: bye (tests/test_stories.yml)\n"
