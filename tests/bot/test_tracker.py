"""Our tracker and our search against Rasa's own, on dialogues of every shape."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.shared.core.domain import Domain
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

from engine import recall
from journal.entries import Entry, state_of, taken_up, written
from journal.tracker import BoundedTracker
from running import a_domain

DOMAIN = a_domain()
INTENTS = ["greet", "thank", "affirm", "order_status", "complaint", "nlu_fallback"]
ACTIONS = ["utter_greet", "utter_welcome", "order_form", "return_form", "action_hand_over", "utter_complaint"]
RULE_ONLY = {"rule_only_slots": ["requested_slot"], "rule_only_loops": ["return_form"]}


def a_dialogue(seed: int, length: int = 60) -> list[Event]:
    """Events in an order that the real thing gives, with now and then one that turns all round."""
    dice = random.Random(seed)
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), listen()]
    while len(events) < length:
        entities = [{"entity": "order_number", "value": "48213"}] * dice.choice((0, 0, 1))
        said = UserUttered(f"text {len(events)}", {"name": dice.choice(INTENTS), "confidence": 0.9}, entities)
        events += [said, DefinePrevUserUtteredFeaturization(dice.random() < 0.1)]
        for _ in range(dice.randrange(3)):
            events.append(ActionExecuted(dice.choice(ACTIONS), hide_rule_turn=dice.random() < 0.4))
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


class Policy:
    """What the search asks of a policy, with histories of a few stories."""

    _create_feature_key = AugmentedMemoizationPolicy._create_feature_key
    _recall_states = AugmentedMemoizationPolicy._recall_states
    _strip_leading_events_until_action_executed = staticmethod(
        AugmentedMemoizationPolicy._strip_leading_events_until_action_executed
    )

    def __init__(self, stories: list[int]) -> None:
        self.config = {"max_history": 6, "enable_feature_string_compression": True}
        self.lookup: dict[str, str] = {}
        for seed in stories:
            tracker = DialogueStateTracker("c", DOMAIN.slots)
            for event in a_dialogue(seed, 16):
                tracker.update(event)
                if isinstance(event, (UserUttered, ActionExecuted)):
                    states = tracker.past_states(DOMAIN)
                    for start in range(len(states)):
                        key = self._create_feature_key(states[start:][-6:])
                        self.lookup[key or ""] = f"utter_{len(self.lookup)}"

    def _prediction_states(self, tracker: DialogueStateTracker, domain: Domain, **_: Any) -> list[Any]:
        return tracker.past_states(domain)[-6:]


def test_the_spared_search_finds_what_rasas_finds() -> None:
    policy = Policy(list(range(100, 112)))
    spared = found = 0
    for seed in range(40):
        tracker = BoundedTracker("c", DOMAIN.slots)
        for event in a_dialogue(seed % 20 + 95, 40):
            tracker.update(event)
            if not isinstance(event, (UserUttered, ActionExecuted)):
                continue
            states = policy._prediction_states(tracker, DOMAIN)
            wanted = recall._search(policy, states, tracker, DOMAIN, rule_only_data=None)
            assert recall.recall(policy, states, tracker, DOMAIN, None) == wanted
            found += wanted is not None
            said, done = recall._ending(recall._text(states[-1:]))
            spared += {(said, done), ("", done)}.isdisjoint(recall.endings_of(policy))
    assert found > 20 and spared > 20, (found, spared)
