"""Which rule or story chose an action, by its name.

A policy only keeps what it looks up by. The names are found by learning the rules and stories anew, one by
one, from the data that the model was trained on. Where those are other by now, nothing matches, and no name
is told: never a wrong one.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter

from dialogue import TurnProcessor

Names = dict[str, list[str]]
_found: dict[str, str] = {}
"""What the policies of the prediction that runs looked up by; one runs at a time."""


class TellingProcessor(TurnProcessor):
    """Keeps what each prediction was looked up by."""

    told: list[tuple[str, str | None, str | None]]

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        _found.clear()
        prediction = super()._predict_next_with_tracker(tracker)
        kind = kind_of(prediction.policy_name)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        self.told = [*getattr(self, "told", ())[-200:], (name, kind, _found.get(kind or ""))]
        return prediction

    def policies(self) -> list[Policy]:
        """The model's policies."""
        nodes = self.graph_runner._instantiated_nodes.values()
        found = [getattr(node, "_component", node) for node in nodes]
        return [one for one in found if isinstance(one, Policy)]


def kind_of(policy: str | None) -> str | None:
    """`RulePolicy` of `policy_1_RulePolicy`."""
    return (policy or "").rpartition("_")[2] or None


def names_of(processor: TellingProcessor, data: Path) -> dict[str, Names]:
    """By the kind of policy and what it looks up by: the rules or stories that say so.

    Empty where the data cannot be read. Blocks for as long as reading the stories takes.
    """
    try:
        trackers = _trackers(data, processor.domain)
    except (RasaException, OSError, ValueError, KeyError):
        return {}
    found: dict[str, Names] = {}
    for policy in processor.policies():
        if isinstance(policy, MemoizationPolicy):
            found[type(policy).__name__] = _learnt(policy, trackers, processor.domain)
    return found


def _trackers(data: Path, domain: Domain) -> list[Any]:
    """Each rule and story as the conversation that it tells, with its name."""
    files = [str(f) for f in data.rglob("*") if f.suffix in (".yml", ".yaml") and not _is_test(f, data)]
    stories = RasaFileImporter(training_data_paths=sorted(files)).get_stories()
    generator = TrainingDataGenerator(stories, domain, remove_duplicates=False, augmentation_factor=0)
    trackers: list[Any] = generator.generate()
    return trackers


def _is_test(file: Path, data: Path) -> bool:
    return "tests" in file.relative_to(data).parts or file.name.startswith("test_")


def _learnt(policy: MemoizationPolicy, trackers: list[Any], domain: Domain) -> Names:
    is_rules = isinstance(policy, RulePolicy)
    names: dict[str, list[str]] = defaultdict(list)
    for tracker in trackers:
        if tracker.is_rule_tracker is not is_rules:
            continue
        more = {"omit_unset_slots": True} if is_rules else {}
        states, actions = policy.featurizer.training_states_and_labels([tracker], domain, **more)
        for key in policy._create_lookup_from_states(states, actions):
            if tracker.sender_id not in names[key]:
                names[key].append(tracker.sender_id)
    return dict(names)


def _note_rule(kind: Any) -> None:
    stock = kind._find_action_from_rules

    def noting(self: RulePolicy, *given: Any, **named: Any) -> Any:
        action, key, unhappy = stock(self, *given, **named)
        if action is not None and key:
            _found[type(self).__name__] = key
        return action, key, unhappy

    kind._find_action_from_rules = noting


def _note_story(kind: Any) -> None:
    stock = kind._recall_states

    def noting(self: MemoizationPolicy, states: list[State]) -> str | None:
        action: str | None = stock(self, states)
        if action is not None:
            _found[type(self).__name__] = self._create_feature_key(states) or ""
        return action

    kind._recall_states = noting


def install() -> None:
    """Let policies note what they looked up by; for a process that tries models, not for one that serves."""
    _note_rule(RulePolicy)
    _note_story(MemoizationPolicy)
