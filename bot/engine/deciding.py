"""Policies that need not be asked: what a rule decides, no story's memory can outvote.

Rasa asks every policy and takes the surest, and among equals the one with the higher priority. No policy is
surer than 1, and a memory neither adds events nor speaks for loops or words. So where `RulePolicy` has
found a rule and ranks higher, as it does unless `config.yml` says otherwise, a memory's answer is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.memoization import AugmentedMemoizationPolicy, MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import GraphNode, SchemaNode
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected
from rasa.shared.core.trackers import DialogueStateTracker

MEMORIES = (MemoizationPolicy, AugmentedMemoizationPolicy)
CERTAIN = 1.0


def spared_by(
    made: Mapping[str, GraphNode], nodes: Mapping[str, SchemaNode], targets: tuple[str, ...]
) -> dict[str, frozenset[str]]:
    """By the node of a policy of rules: the nodes of memories whose answers it outvotes."""
    if [nodes[name].uses for name in targets] != [DefaultPolicyPredictionEnsemble]:
        return {}
    voters = [name for name in nodes[targets[0]].needs.values() if name in nodes]
    heard = [need for node in nodes.values() for need in node.needs.values()]
    memories = [name for name in voters if nodes[name].uses in MEMORIES and heard.count(name) == 1]
    return {
        name: frozenset(one for one in memories if _priority(made[one]) < _priority(made[name]))
        for name in voters
        if nodes[name].uses is RulePolicy
    }


def _priority(node: GraphNode) -> int:
    return int(getattr(node._component, "priority", 0))


def has_decided(prediction: PolicyPrediction, tracker: DialogueStateTracker) -> bool:
    """Whether nobody can be surer. Where an action was rejected just now, Rasa takes votes for it away."""
    return prediction.max_confidence >= CERTAIN and not _was_rejected(tracker)


def _was_rejected(tracker: DialogueStateTracker) -> bool:
    last: Any = next(
        (
            event
            for event in reversed(tracker.events)
            if type(event) in (ActionExecutionRejected, ActionExecuted)
        ),
        None,
    )
    return type(last) is ActionExecutionRejected
