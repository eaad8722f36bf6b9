"""Our tracker and our search against Rasa's own, on dialogues of every shape."""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rasa.core.featurizers.tracker_featurizers import MaxHistoryTrackerFeaturizer
from rasa.core.policies.memoization import AugmentedMemoizationPolicy, MemoizationPolicy
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

import dialogue  # noqa: F401 - puts our ways in the place of Rasa's
from engine import recall, rules, states
from engine.archive import opened
from journal.entries import Entry, state_of, taken_up, written
from journal.tracker import BoundedTracker
from model_files import check
from running import a_domain

DOMAIN = a_domain()
INTENTS = ["greet", "thank", "affirm", "order_status", "complaint", "nlu_fallback"]
ACTIONS = ["utter_greet", "utter_welcome", "order_form", "return_form", "action_hand_over", "utter_complaint"]
RULE_ONLY = {"rule_only_slots": ["requested_slot"], "rule_only_loops": ["return_form"]}


def a_dialogue(
    seed: int, length: int = 60, intents: Sequence[str] = INTENTS, actions: Sequence[str] = ACTIONS
) -> list[Event]:
    """Events in an order that the real thing gives, with now and then one that turns all round."""
    dice = random.Random(seed)
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), listen()]
    while len(events) < length:
        entities = [{"entity": "order_number", "value": "48213"}] * dice.choice((0, 0, 1))
        said = UserUttered(f"text {len(events)}", {"name": dice.choice(intents), "confidence": 0.9}, entities)
        events += [said, DefinePrevUserUtteredFeaturization(dice.random() < 0.1)]
        for _ in range(dice.randrange(3)):
            events.append(ActionExecuted(dice.choice(actions), hide_rule_turn=dice.random() < 0.4))
            events += dice.choice(
                [
                    [],
                    [BotUttered("Hi.")],
                    [SlotSet("order_number", "48213"), SlotSet("requested_slot", "return_reason")],
                    [SlotSet("handoff", {"reason": "asked"})],
                    [ActiveLoop("order_form"), SlotSet("requested_slot", "order_number")],
                    [ActiveLoop(None), SlotSet("requested_slot", None)],
                    [FollowupAction("utter_welcome")],
                    [ActionExecutionRejected("order_form"), LoopInterrupted(True)],
                ]
            )
        events.append(listen())
        turn = dice.random()
        if turn < 0.06:
            events.append(dice.choice([UserUtteranceReverted(), ActionReverted(), Restarted()]))
        elif turn < 0.1:
            events += [ConversationPaused(), ConversationResumed()]
        elif turn < 0.14:
            events += [ActionExecuted("action_session_start"), SessionStarted(), listen()]
    return events


def listen() -> ActionExecuted:
    return ActionExecuted("action_listen", "RulePolicy", 1.0)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("options", [{}, {"ignore_rule_only_turns": True, "rule_only_data": RULE_ONLY}])
def test_past_states_are_rasas_at_every_moment(seed: int, options: dict[str, Any]) -> None:
    stock = DialogueStateTracker("c", DOMAIN.slots)
    ours = BoundedTracker("c", DOMAIN.slots)
    for mine, theirs in zip(a_dialogue(seed), a_dialogue(seed), strict=True):
        stock.update(theirs)
        ours.update(mine)
        if isinstance(mine, (ActionExecuted, UserUttered)):
            for omit in (False, True):
                wanted = stock.past_states(DOMAIN, omit_unset_slots=omit, **options)
                assert ours.past_states(DOMAIN, omit_unset_slots=omit, **options) == wanted


@pytest.mark.parametrize("seed", range(25))
def test_a_copy_is_what_a_replay_would_give(seed: int) -> None:
    ours = BoundedTracker("c", DOMAIN.slots)
    for event in a_dialogue(seed):
        ours.update(event)
    copied, replayed = ours.copy(), ours.travel_back_in_time(float("inf"))
    assert list(copied.events) == list(replayed.events)
    assert state_of(copied) == state_of(replayed)
    assert copied.current_slot_values() == replayed.current_slot_values()
    assert copied.latest_action == replayed.latest_action
    copied.update(SlotSet("city", "Leeds"))
    copied.update(ActiveLoop("order_form"))
    assert ours.get_slot("city") is None and len(ours.events) < len(copied.events)


@pytest.mark.parametrize("seed", range(25))
def test_what_is_kept_and_taken_up_is_the_same_dialogue(seed: int) -> None:
    events = a_dialogue(seed)
    ours = BoundedTracker("c", DOMAIN.slots)
    for event in events:
        ours.update(event)
    entry = Entry("c", 0, "turn:0", written(events), state_of(ours))
    again = taken_up("c", None, [Entry.read(entry.document())], DOMAIN)
    assert state_of(again) == state_of(ours)
    assert again.latest_action == ours.latest_action
    assert again.past_states(DOMAIN) == ours.past_states(DOMAIN)
    # From the state alone, as when all these events have been put away.
    opened = taken_up("c", entry.state, [], DOMAIN)
    assert state_of(opened) == state_of(ours)


@pytest.fixture(scope="module")
def policies(models: Path) -> dict[type[Policy], Policy]:
    """The policies of the trained bot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the domain, which training says
        runner = opened(check(models)[0])[1]
    parts = [node._component for node in runner._instantiated_nodes.values()]
    return {type(part): part for part in parts if isinstance(part, Policy)}


@contextmanager
def as_rasa_has_it() -> Iterator[None]:
    """Rasa's own ways in place of ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AugmentedMemoizationPolicy, "recall", recall._stock)
        patch.setattr(RulePolicy, "_get_possible_keys", rules._stock)
        patch.setattr(RulePolicy, "_find_action_from_rules", rules._stock_find)
        for kind in (MemoizationPolicy, RulePolicy):
            patch.setattr(kind, "_prediction_states", states._stock)
        yield


def moments_of(seed: int, intents: Sequence[str], actions: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    """Rasa's tracker and ours at each moment at which something is predicted."""
    stock = DialogueStateTracker("c", DOMAIN.slots)
    ours = BoundedTracker("c", DOMAIN.slots)
    for mine, theirs in zip(
        a_dialogue(seed, 80, intents, actions), a_dialogue(seed, 80, intents, actions), strict=True
    ):
        stock.update(theirs)
        ours.update(mine)
        if isinstance(mine, (ActionExecuted, UserUttered)):
            yield stock, ours


def test_the_trained_policies_predict_what_rasas_do(policies: dict[type[Policy], Policy]) -> None:
    """Rules and stories of the real bot, on dialogues of every shape, and on some that are its stories."""
    said = ["order_status", "thank", "affirm", "deny", "complaint", "greet", "stop", "out_of_scope"]
    done = ["order_form", "utter_welcome", "utter_complaint", "utter_ok", "action_answer_about_order"]
    memory = policies[AugmentedMemoizationPolicy]
    known = rule_only_data(policies)
    recalled = 0
    for seed in range(24):
        for stock, ours in moments_of(seed, said, done):
            for policy in policies.values():
                found = policy.predict_action_probabilities(ours, DOMAIN, rule_only_data=known)
                with as_rasa_has_it():
                    wanted = policy.predict_action_probabilities(stock, DOMAIN, rule_only_data=known)
                assert found.probabilities == wanted.probabilities, (seed, policy)
                assert found.hide_rule_turn == wanted.hide_rule_turn and found.events == wanted.events
                recalled += policy is memory and max(found.probabilities) == 1
    assert recalled > 50, recalled


def rule_only_data(policies: dict[type[Policy], Policy]) -> dict[str, Any]:
    rule_policy = policies[RulePolicy]
    assert isinstance(rule_policy, RulePolicy)
    return dict(rule_policy._get_rule_only_data())


def a_memory(stories: Sequence[int]) -> AugmentedMemoizationPolicy:
    """A policy that knows random stories, with more loops and hidden turns than people write."""
    featurizer = MaxHistoryTrackerFeaturizer(max_history=6)
    config = {**AugmentedMemoizationPolicy.get_default_config(), "max_history": 6}
    context = ExecutionContext(GraphSchema({}))
    policy = AugmentedMemoizationPolicy(config, None, None, context, featurizer=featurizer, lookup={})
    for seed in stories:
        tracker = DialogueStateTracker("c", DOMAIN.slots)
        for event in a_dialogue(seed, 16):
            tracker.update(event)
            if isinstance(event, (UserUttered, ActionExecuted)):
                history = states._stock(policy, tracker, DOMAIN, rule_only_data=RULE_ONLY)
                for start in range(len(history)):
                    policy.lookup[policy._create_feature_key(history[start:])] = f"utter_{len(policy.lookup)}"
    return policy


def test_the_spared_search_finds_what_rasas_finds() -> None:
    policy = a_memory(range(100, 112))
    searches = found = 0
    for seed in range(20):
        for stock, ours in moments_of(seed + 95, INTENTS, ACTIONS):
            mine = states.prediction_states(policy, ours, DOMAIN, rule_only_data=RULE_ONLY)
            theirs = states._stock(policy, stock, DOMAIN, rule_only_data=RULE_ONLY)
            assert mine == theirs
            wanted = recall._stock(policy, theirs, stock, DOMAIN, RULE_ONLY)
            assert recall.recall(policy, mine, ours, DOMAIN, RULE_ONLY) == wanted, seed
            found += wanted is not None
            searches += 1
    assert 20 < found < searches, (found, searches)


def test_rules_about_words_are_looked_for_where_there_are_some() -> None:
    listening = {"prev_action": {"action_name": "action_listen"}}
    by_intent = [{**listening, "user": {"intent": "greet"}}]
    by_words = [{**listening, "user": {"text": "hello you"}}]
    whatever_is_said = [listening]
    after_an_action = [{"prev_action": {"action_name": "order_form"}}]
    for history, reads_words in (
        (by_intent, False),
        (by_words, True),
        (whatever_is_said, True),
        (after_an_action, False),
        ([*by_words, *after_an_action], False),
    ):
        assert rules.Rules({json.dumps(history): "utter_greet"}).reads_words == reads_words, history


@pytest.mark.parametrize("learnt", ["hello you", None])
def test_a_rule_about_words_applies_as_with_rasa(
    policies: dict[type[Policy], Policy], learnt: str | None
) -> None:
    policy = policies[RulePolicy]
    stock, ours = DialogueStateTracker("c", DOMAIN.slots), BoundedTracker("c", DOMAIN.slots)
    for tracker in (stock, ours):
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered("hello you", {"name": "greet", "confidence": 1.0}))
    spoken = [{"prev_action": {"action_name": "action_listen"}, "user": {"text": learnt}}]
    more = {json.dumps(spoken): "utter_complaint"} if learnt else {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(policy.lookup, "rules", {**policy.lookup["rules"], **more})
        found = policy.predict_action_probabilities(ours, DOMAIN)
        with as_rasa_has_it():
            wanted = policy.predict_action_probabilities(stock, DOMAIN)
    assert found.probabilities == wanted.probabilities
    assert found.is_end_to_end_prediction == wanted.is_end_to_end_prediction == bool(learnt)


def test_histories_are_read_by_name() -> None:
    policy = a_memory([])
    history = [
        {},
        {"prev_action": {"action_name": "action_listen"}, "user": {"entities": ("city",), "intent": "greet"}},
        {"slots": {"city": (1.0,)}, "prev_action": {"action_name": "utter_greet"}},
    ]
    policy.lookup[policy._create_feature_key(history)] = "action_listen"
    names = ((None, None), ("greet", "action_listen"), (None, "utter_greet"))
    assert recall.histories_of(policy) == {names}
    by_words = a_memory([])
    spoken = [{"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello you"}}]
    by_words.lookup[by_words._create_feature_key(spoken)] = "utter_greet"
    assert recall.histories_of(by_words) is None
