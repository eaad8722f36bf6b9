"""The states that a policy predicts from, without copies that nobody changes."""

from __future__ import annotations

from typing import Any

from rasa.core.featurizers.tracker_featurizers import MaxHistoryTrackerFeaturizer
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, SupportedData
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_UNLIKELY_INTENT_NAME,
    PREVIOUS_ACTION,
    USER,
)
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT

from journal.tracker import BoundedTracker

_stock = Policy._prediction_states


def prediction_states(
    policy: Policy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[State]:
    """As Rasa's own, for policies that only look at the states: they are not to be changed."""
    featurizer = policy.featurizer
    if not isinstance(tracker, BoundedTracker) or type(featurizer) is not MaxHistoryTrackerFeaturizer:
        stock: list[State] = _stock(policy, tracker, domain, use_text_for_last_user_input, rule_only_data)
        return stock
    is_for_stories = policy.supported_data() == SupportedData.ML_DATA
    before, now = tracker.states(domain, False, is_for_stories, rule_only_data)
    states = before if now is None else [*before, now]
    if is_for_stories:
        states = [state for state in states if _done(state) != ACTION_UNLIKELY_INTENT_NAME]
    states = states[-(featurizer.max_history or 0) :]
    said, last = states[-1].get(USER), _chosen(states[-1], use_text_for_last_user_input)
    # Rasa lets a turn that goes on share what was said with the states before it, and changes it in place.
    before = [_plain(state) if state.get(USER) is not said else _saying(state, last) for state in states[:-1]]
    return [*before, last]


def _done(state: State) -> Any:
    return state.get(PREVIOUS_ACTION, {}).get("action_name")


def _plain(state: State) -> State:
    """Without the words, where their intent is there."""
    said = state.get(USER, {})
    return _without(state, TEXT) if said.get(INTENT) and said.get(TEXT) else state


def _chosen(state: State, use_text: bool) -> State:
    """With either what was said last or what it means."""
    if _done(state) != ACTION_LISTEN_NAME or not state.get(USER):
        return _plain(state)
    return _without(state, INTENT, ENTITIES) if use_text else _without(state, TEXT)


def _saying(state: State, other: State) -> State:
    return {**state, USER: other[USER]} if USER in state else state


def _without(state: State, *names: str) -> State:
    said = {name: value for name, value in state[USER].items() if name not in names or not value}
    return {**state, USER: said}


def install() -> None:
    """Let the policies that look states up have them so."""
    for kind in (MemoizationPolicy, RulePolicy):
        kind._prediction_states = prediction_states
