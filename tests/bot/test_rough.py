"""Messages as phones send them, and questions that only sound like ours."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.shared.utils.io import read_yaml_file

from engine.archive import opened
from model_files import check

STRANGE = "out_of_scope"
FALLBACK = "nlu_fallback"
ROUGH = Path(__file__).parent / "held_out_rough.yml"


@pytest.fixture(scope="module")
def told(models: Path) -> dict[str, str]:
    """What the bot acts on, for each of the messages, all parsed at once."""
    texts = [text for _, _, text in messages()]
    metadata, runner = opened(check(models)[0])
    asked = [UserMessage(text) for text in texts]
    parsed: list[Any] = runner.run({PLACEHOLDER_MESSAGE: asked}, [metadata.nlu_target])[metadata.nlu_target]
    return {text: message.get("intent")["name"] for text, message in zip(texts, parsed, strict=True)}


def messages() -> list[tuple[str, str, str]]:
    """Language, intent, text."""
    return [
        (language, intent, text)
        for language, intents in read_yaml_file(ROUGH).items()
        for intent, texts in intents.items()
        for text in texts
    ]


@pytest.mark.parametrize(("language", "goal"), [("en", 0.9), ("it", 0.8), ("hi", 0.8)])
def test_rough_messages_are_understood_and_seldom_misunderstood(
    told: dict[str, str], language: str, goal: float
) -> None:
    own = [(intent, text) for its, intent, text in messages() if its == language and intent != STRANGE]
    outcome = Counter(
        "right" if told[text] == intent else "asked" if told[text] in (FALLBACK, STRANGE) else "wrong"
        for intent, text in own
    )
    print(f"\n{language}: {dict(outcome)} of {len(own)}")
    wrong = [(text, told[text]) for intent, text in own if told[text] != intent]
    assert outcome["right"] / len(own) >= goal, wrong
    assert outcome["wrong"] / len(own) <= 0.1, wrong


def test_what_only_sounds_like_ours_is_not_answered_as_if_it_were(told: dict[str, str]) -> None:
    strange = [text for _, intent, text in messages() if intent == STRANGE]
    wrong = [(text, told[text]) for text in strange if told[text] not in (FALLBACK, STRANGE)]
    print(f"\nanswered all the same: {len(wrong)} of {len(strange)}")
    assert len(wrong) / len(strange) <= 0.25, wrong
