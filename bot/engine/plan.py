"""Rasa's graph, run in an order that is worked out once."""

from __future__ import annotations

from typing import Any, NamedTuple

from rasa.engine.constants import PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.exceptions import RasaException

from engine.deciding import has_decided, spared_by


class Step(NamedTuple):
    """One node of the graph."""

    name: str
    node: GraphNode
    needs: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    """Of the component's function, and the nodes that give them."""
    is_plain: bool
    """Whether all there is to do is to call that function."""
    spares: frozenset[str]
    """Nodes that need not run once this one has decided."""

    def run(self, found: dict[str, Any]) -> Any:
        """The node's answer to what others `found`. Raises what Rasa's node raises."""
        if not self.is_plain:
            return self._by_node(found)
        try:
            given = {argument: found[need] for argument, need in self.arguments}
        except KeyError:
            return self._by_node(found)  # which says what is missing
        try:
            return self.node._fn(self.node._component, **given)
        except RasaException:
            raise
        except Exception as error:
            raise GraphComponentException(f"Error running graph component for node {self.name}.") from error

    def _by_node(self, found: dict[str, Any]) -> Any:
        return self.node(*((need, found[need]) for need in self.needs if need in found))[1]


class PlannedRunner(DaskGraphRunner):
    """The same nodes with the same answers as Rasa's own runner.

    Stock Rasa works out a new graph for each run, hands it to Dask, formats the whole tracker for a debug
    line that nobody reads, and asks policies whose answer cannot count any more.
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
        spared: frozenset[str] = frozenset()
        for step in self._plans[wanted]:
            found[step.name] = None if step.name in spared else step.run(found)
            if step.spares and has_decided(found[step.name], found[PLACEHOLDER_TRACKER]):
                spared |= step.spares
        return {name: found[name] for name in wanted}

    def kinds(self) -> set[type]:
        """The classes of the graph's parts."""
        return {node._component_class for node in self._instantiated_nodes.values()}

    def _plan(self, targets: tuple[str, ...]) -> list[Step]:
        """The nodes that the targets need, each after those that it needs itself, and who may spare others
        before these."""
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        spares = spared_by(self._instantiated_nodes, nodes, targets)
        steps: dict[str, Step] = {}

        def visit(name: str) -> None:
            if name in steps or name not in nodes:
                return
            needs = tuple(nodes[name].needs.values())
            for need in sorted(needs, key=lambda need: need not in spares):
                visit(need)
            node = self._instantiated_nodes[name]
            is_plain = node._eager and not node._hooks
            arguments = tuple(node._inputs.items())
            steps[name] = Step(name, node, needs, arguments, is_plain, spares.get(name, frozenset()))

        for target in targets:
            visit(target)
        return list(steps.values())
