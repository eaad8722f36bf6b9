"""Rasa's rules, found by what was said and done last instead of tried one by one."""

from __future__ import annotations

import json
from weakref import WeakKeyDictionary

from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    SHOULD_NOT_BE_SET,
    RulePolicy,
)
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker

from journal.moments import signature

Place = tuple[str | None, str | None]


class Rules:
    """The rules of a lookup by the name of their last intent and action; None where they name none."""

    def __init__(self, lookup: dict[str, str]) -> None:
        self.lookup = lookup
        self.size = len(lookup)
        self._by_place: dict[Place, list[str]] = {}
        self._longest = 0
        for key in lookup:
            states: list[State] = json.loads(key)
            self._longest = max(self._longest, len(states))
            said, done = (None if name == SHOULD_NOT_BE_SET else name for name in signature(states[-1]))
            self._by_place.setdefault((said, done), []).append(key)
        self.reads_words = any((None, done) in self._by_place for done in (ACTION_LISTEN_NAME, None))
        """Whether one may apply to a message by its words, or whatever it says: not by its intent."""

    def applicable(self, policy: RulePolicy, states: list[State]) -> set[str]:
        """Those that apply: as `RulePolicy._get_possible_keys`."""
        if not states:
            return set(self.lookup)
        said, done = signature(states[-1])
        places: set[Place] = {(said, done), (said, None), (None, done), (None, None)}
        keys = {key for place in places for key in self._by_place.get(place, ())}
        for back, state in enumerate(states[: -self._longest - 1 : -1]):
            keys = {key for key in keys if policy._is_rule_applicable(key, back, state)}
        return keys


_stock = RulePolicy._get_possible_keys
_stock_find = RulePolicy._find_action_from_rules
_rules: WeakKeyDictionary[RulePolicy, dict[int, Rules]] = WeakKeyDictionary()


def possible_keys(policy: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """As Rasa's own, of the same lookup by an index that is made once."""
    return rules_of(policy, lookup).applicable(policy, states)


def find_action(
    policy: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool,
) -> tuple[str | None, str | None, bool]:
    """As Rasa's own, which searches twice for each message: for rules about its words and about its intent.

    The first search is spared where there are no rules about words, as in most bots.
    """
    if use_text_for_last_user_input and not any(
        rules_of(policy, policy.lookup[kind]).reads_words for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
    ):
        return None, None, False
    found: tuple[str | None, str | None, bool] = _stock_find(
        policy, tracker, domain, use_text_for_last_user_input
    )
    return found


def rules_of(policy: RulePolicy, lookup: dict[str, str]) -> Rules:
    """The index of a policy's lookup."""
    known = _rules.setdefault(policy, {})
    rules = known.get(id(lookup))
    if rules is None or rules.lookup is not lookup or rules.size != len(lookup):
        rules = known[id(lookup)] = Rules(lookup)
    return rules


def _no_words(states: list[State]) -> str:
    return ""


def install() -> None:
    """Let every `RulePolicy` find its rules so, and write no debug lines that nobody reads."""
    RulePolicy._get_possible_keys = possible_keys
    RulePolicy._find_action_from_rules = find_action
    RulePolicy.format_tracker_states = staticmethod(_no_words)
