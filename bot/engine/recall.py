"""Rasa's augmented memoization, spared the searches that cannot find anything.

`AugmentedMemoizationPolicy` looks whether the dialogue, or its end from the second, third… action on, is
the beginning of a story. For each it builds a tracker and the states of it. By name alone, what was said
and done, it can be told beforehand which ends are in no story: all of them, at most turns of most bots.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_UNLIKELY_INTENT_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from journal.moments import Moment, signature
from journal.tracker import BoundedTracker

Names = tuple[tuple[str | None, str | None], ...]
"""For each state what was said last and what was done last."""

# A part of a state with no part inside, in a history's text.
PARTS = re.compile(r"(\w+): \{([^{}]*)\}")
NAME = re.compile(r"(?:^|, )(?:intent|action_name): ([^,]*)")

_known: WeakKeyDictionary[AugmentedMemoizationPolicy, set[Names] | None] = WeakKeyDictionary()
_stock = AugmentedMemoizationPolicy.recall


def recall(
    policy: AugmentedMemoizationPolicy,
    states: list[State],
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None,
) -> str | None:
    """What Rasa's search finds."""
    known = histories_of(policy)
    if known is None or not isinstance(tracker, BoundedTracker):
        return _stock(policy, states, tracker, domain, rule_only_data)
    found: str | None = policy._recall_states(states) if tuple(map(signature, states)) in known else None
    if found is not None:
        return found
    told, applied = tracker.told(domain)
    moments = [*told.fixed, told.look(applied, domain)]
    most = policy.config["max_history"] or 0
    first = _first(moments, most)
    if any(moment.previous_name == ACTION_UNLIKELY_INTENT_NAME for moment in moments[first:]):
        return _stock(policy, states, tracker, domain, rule_only_data)
    for begin in range(first, len(moments) - 1):
        if names_from(moments, begin)[-most:] in known:
            later = _tracker_of(tracker, applied[told.places[begin] :])
            begun = policy._prediction_states(later, domain, rule_only_data=rule_only_data)
            found = policy._recall_states(begun)
            if found is not None:
                return found
    return None


def histories_of(policy: AugmentedMemoizationPolicy) -> set[Names] | None:
    """The histories that `policy` knows, by name; None where some go by words instead."""
    if policy not in _known:
        read = [_names(_decoded(policy, key)) for key in policy.lookup]
        _known[policy] = None if None in read else {names for names in read if names is not None}
    return _known[policy]


def names_from(moments: list[Moment], begin: int) -> Names:
    """What the states would be if the dialogue had begun with the action numbered `begin`.

    As `Domain.states_for_tracker_history` leaves out turns of rules only.
    """
    names: list[tuple[str | None, str | None]] = [(None, None)]
    is_hidden = False
    done = None
    for moment in moments[begin + 1 :]:
        if not is_hidden:
            done = moment.previous_name
        loop = moment.loop if moment.loop_at > begin else None
        if not moment.has_followup and moment.previous_name != loop:
            is_hidden = moment.hide_rule_turn
        if is_hidden:
            continue
        said = signature(moment.state)[0] if moment.said_at > begin else None
        if moment.previous_name != ACTION_LISTEN_NAME:
            said = names[-1][0]
        names.append((said, done))
    return tuple(names)


def _first(moments: list[Moment], most: int) -> int:
    """Which action Rasa begins its search with, as `_trim_tracker_by_max_history` says."""
    if most:
        for begin in range(len(moments) - 2 - most, -1, -1):
            if moments[begin + 1].previous_name == ACTION_LISTEN_NAME:
                return begin
    return 0


def _tracker_of(tracker: BoundedTracker, events: list[Event]) -> BoundedTracker:
    later = tracker.init_copy()
    for event in events:
        later.update(event)
    return later


def install() -> None:
    """Let every `AugmentedMemoizationPolicy` search so."""
    AugmentedMemoizationPolicy.recall = recall


def _names(history: str) -> Names | None:
    """Of a history's text; None where it goes by words."""
    names = []
    for state in _states(history):
        parts = dict(PARTS.findall(state))
        found = [NAME.search(parts[kind]) if kind in parts else "" for kind in ("user", "prev_action")]
        if None in found:
            return None
        said, done = (one.group(1) if isinstance(one, re.Match) else None for one in found)
        names.append((said, done))
    return tuple(names)


def _states(history: str) -> Iterator[str]:
    """The states of a history's text, by their outer braces."""
    depth = begin = 0
    for place, character in enumerate(history):
        if character == "{":
            if not depth:
                begin = place
            depth += 1
        elif character == "}":
            depth -= 1
            if not depth:
                yield history[begin : place + 1]


def _decoded(policy: AugmentedMemoizationPolicy, key: str) -> str:
    if not policy.config["enable_feature_string_compression"]:
        return key
    return zlib.decompress(base64.b64decode(key)).decode()
