"""Rasa's graph, run in an order that is worked out once."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

Step = tuple[str, GraphNode, tuple[str, ...]]


class PlannedRunner(DaskGraphRunner):
    """The same nodes with the same answers as Rasa's own runner.

    Stock Rasa works out a new graph for each run, hands it to Dask, and formats the whole tracker for
    a debug line that nobody reads.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._plans: dict[tuple[str, ...], list[Step]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What the targets' nodes give for `inputs`. Raises what the nodes raise."""
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        found: dict[str, Any] = dict(inputs or {})
        for name, node, needs in self._plans[wanted]:
            _, found[name] = node(*((need, found[need]) for need in needs if need in found))
        return {name: found[name] for name in wanted}

    def kinds(self) -> set[type]:
        """The classes of the graph's parts."""
        return {node._component_class for node in self._instantiated_nodes.values()}

    def _plan(self, targets: tuple[str, ...]) -> list[Step]:
        """The nodes that the targets need, each after those that it needs itself."""
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        steps: dict[str, Step] = {}

        def visit(name: str) -> None:
            if name in steps or name not in nodes:
                return
            needs = tuple(nodes[name].needs.values())
            for need in needs:
                visit(need)
            steps[name] = (name, self._instantiated_nodes[name], needs)

        for target in targets:
            visit(target)
        return list(steps.values())
