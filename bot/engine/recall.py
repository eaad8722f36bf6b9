"""Rasa's augmented memoization, spared the searches that cannot find anything.

`AugmentedMemoizationPolicy` asks for ever shorter histories whether one of them is in a story. What the
customer said last and the action before stand at the end of each of them; where no story has these two
at a prediction, none of the histories can be in one, and most turns of most bots are answered by rules.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any
from weakref import WeakKeyDictionary

from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker

PREVIOUS = re.compile(r"prev_action: (\{[^{}]*\})")
SAID = re.compile(r"user: (\{[^{}]*\})")

Ending = tuple[str, str]

_endings: WeakKeyDictionary[AugmentedMemoizationPolicy, set[Ending]] = WeakKeyDictionary()
_search = AugmentedMemoizationPolicy._recall_using_truncation


def endings_of(policy: AugmentedMemoizationPolicy) -> set[Ending]:
    """The last thing said and the last action of every history that `policy` knows."""
    if policy not in _endings:
        _endings[policy] = {_ending(_decoded(policy, key)) for key in policy.lookup}
    return _endings[policy]


def recall(
    policy: AugmentedMemoizationPolicy,
    old_states: list[State],
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None,
) -> str | None:
    """What Rasa's search finds, None at once where it can find nothing."""
    said, done = _ending(_text(old_states[-1:]))
    known = endings_of(policy)
    if (said, done) not in known and ("", done) not in known:  # a short history may begin after the message
        return None
    found: str | None = _search(policy, old_states, tracker, domain, rule_only_data)
    return found


def install() -> None:
    """Let every `AugmentedMemoizationPolicy` search so."""
    AugmentedMemoizationPolicy._recall_using_truncation = recall


def _ending(history: str) -> Ending:
    """Of the last state in a history's text; the parts of a state stand in the order of their names."""
    starts = list(PREVIOUS.finditer(history))
    if not starts:
        return "", ""
    said = SAID.search(history, starts[-1].end())
    return said.group(1) if said else "", starts[-1].group(1)


def _text(states: list[State]) -> str:
    return json.dumps(states, sort_keys=True).replace('"', "")


def _decoded(policy: AugmentedMemoizationPolicy, key: str) -> str:
    if not policy.config["enable_feature_string_compression"]:
        return key
    return zlib.decompress(base64.b64decode(key)).decode()
