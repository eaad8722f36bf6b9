"""Policies are asked no more than needed, slots filled where they can be, and nothing else comes of it."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.engine.constants import PLACEHOLDER_TRACKER
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, SlotSet, UserUttered

from engine import slots
from engine.archive import OneDomain, ServedStorage, opened
from engine.plan import PlannedRunner
from journal.tracker import BoundedTracker
from model_files import check
from running import a_domain

DOMAIN = a_domain()
TARGET = "select_prediction"
INTENTS = [
    "greet",
    "order_status",
    "affirm",
    "deny",
    "complaint",
    "stop",
    "inform",
    "return_item",
    "nlu_fallback",
]
ENTITIES = [
    [],
    [],
    [{"entity": "order_number", "value": "48213"}],
    [{"entity": "return_choice", "value": "refund"}],
]


@pytest.fixture(scope="module")
def runner(models: Path) -> PlannedRunner:
    """The trained bot's graph."""
    return opened(check(models)[0])[1]


def test_a_model_has_one_domain_and_it_is_the_one_that_was_trained(models: Path, tmp_path: Path) -> None:
    path = check(models)[0]
    metadata, served = opened(path)
    provider = served._instantiated_nodes["domain_provider"]._component
    assert isinstance(provider, OneDomain) and provider.provide_inference() is metadata.domain
    storage = ServedStorage.from_model_archive(tmp_path, path)[0]
    with storage.read_from(Resource("domain_provider")) as folder:
        written = Domain.from_path(folder)
    assert written.as_dict() == metadata.domain.as_dict()
    assert written.action_names_or_texts == metadata.domain.action_names_or_texts


def listening() -> BoundedTracker:
    tracker = BoundedTracker("c", DOMAIN.slots)
    tracker.update(ActionExecuted("action_listen"))
    return tracker


def said(dice: random.Random) -> UserUttered:
    intent = {"name": dice.choice(INTENTS), "confidence": 1.0}
    entities = dice.choice(ENTITIES)
    return UserUttered("words", intent, entities, {"intent": intent, "entities": entities, "text": "words"})


def test_who_is_not_asked_would_have_changed_nothing(
    runner: PlannedRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the bot does in random conversations, by all policies and by no more than are needed."""
    asked = 0
    memory = AugmentedMemoizationPolicy.predict_action_probabilities

    def counting(*given: Any, **named: Any) -> Any:
        nonlocal asked
        asked += 1
        return memory(*given, **named)

    monkeypatch.setattr(AugmentedMemoizationPolicy, "predict_action_probabilities", counting)
    for node in runner._instantiated_nodes.values():
        if node._component_class is AugmentedMemoizationPolicy:
            monkeypatch.setattr(node, "_fn", counting)
    predictions = spared = 0
    for seed in range(12):
        dice = random.Random(seed)
        tracker = listening()
        for _ in range(40):
            if tracker.latest_action_name == "action_listen":
                tracker.update(said(dice))
            elif dice.random() < 0.1:
                tracker.update(ActionExecutionRejected(str(tracker.latest_action_name)))
            before = asked
            found = runner.run({PLACEHOLDER_TRACKER: tracker}, [TARGET])[TARGET]
            spared += asked == before
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("engine.plan.has_decided", lambda *given: False)
                wanted = runner.run({PLACEHOLDER_TRACKER: tracker}, [TARGET])[TARGET]
            assert found.probabilities == wanted.probabilities and found.events == wanted.events, seed
            assert (found.policy_name, found.hide_rule_turn) == (wanted.policy_name, wanted.hide_rule_turn)
            assert found.is_no_user_prediction == wanted.is_no_user_prediction
            predictions += 1
            action = DOMAIN.action_names_or_texts[found.max_confidence_index]
            tracker.update_with_events(found.events, DOMAIN)
            tracker.update(ActionExecuted(action, found.policy_name, hide_rule_turn=found.hide_rule_turn))
            if action.endswith("_form"):
                tracker.update(ActiveLoop(dice.choice([action, None])))
    assert predictions / 3 < spared < predictions, (spared, predictions)


@pytest.mark.parametrize("loop", [None, "order_form", "return_form"])
def test_slots_are_filled_as_by_rasa(loop: str | None) -> None:
    nlg = TemplatedNaturalLanguageGenerator(DOMAIN.responses)
    filled = spared = 0
    for intent in DOMAIN.intents:
        for entities in ENTITIES[1:]:  # none is one of them
            tracker = listening()
            if loop:
                tracker.update(ActiveLoop(loop))
                tracker.update(SlotSet("requested_slot", "order_number"))
            tracker.update(UserUttered("words", {"name": intent}, entities))
            spared += not slots.may_fill(tracker, DOMAIN)
            given = (ActionExtractSlots(None), CollectingOutputChannel(), nlg, tracker, DOMAIN)
            found, wanted = asyncio.run(slots.run(*given)), asyncio.run(slots._stock(*given))
            assert found == wanted, (intent, entities)
            filled += bool(found)
    assert filled and (spared > 10 or loop), (filled, spared)
