"""Asks the graph: which forbidden source columns reach which features, and by which way?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from python_scoring.leakage.lineage.findings import (
    Accepted,
    FeatureLineage,
    Finding,
    Report,
    SourceColumn,
    Step,
    Unfollowed,
)
from python_scoring.leakage.lineage.graph import (
    ALL,
    ROWS,
    Edge,
    Influence,
    Node,
    State,
    Trail,
    path_to,
    trace,
)
from python_scoring.leakage.lineage.inputs.workspace import Workspace
from python_scoring.leakage.lineage.rules import Rules

PASSING_CLAUSES = frozenset(("select *", "from", "join", "union all"))


@dataclass
class Audit:
    """One audit of the features of a workspace.

    Args:
        workspace: The graph, read to the end.
        rules: What is forbidden.
        features: Name of each feature with its node.
    """

    workspace: Workspace
    rules: Rules
    features: dict[str, Node]

    def report(self, subject: str) -> Report:
        """Everything that there is to say about `subject`."""
        graph = self.workspace.graph
        models = {graph.unit_of(node) for node in graph.nodes()}
        return Report(
            subject=subject,
            dialect=self.workspace.dialect,
            features=tuple(self._lineages()),
            findings=tuple(self._findings()),
            unfollowed=tuple(self._unfollowed()),
            accepted=tuple(self._accepted()),
            trusted=tuple(self.workspace.trusted),
            models=len([unit for unit in models if unit in self.workspace.texts]),
        )

    @cached_property
    def trails(self) -> dict[Node, Trail]:
        """For each source column all that it reaches, accepted exceptions left out."""
        graph = self.workspace.graph
        leaves = [node for node in graph.nodes() if graph.relations[node.relation].is_leaf]
        ordered = sorted(leaves, key=lambda node: (node.relation, node.column))
        return {leaf: self._trail(leaf) for leaf in ordered}

    def name(self, node: Node) -> str:
        """A source column's full name."""
        graph = self.workspace.graph
        column = "(unknown columns)" if node.column == ALL else graph.display(node)
        return f"{graph.relations[node.relation].label}.{column}"

    def steps(self, path: Sequence[Edge]) -> tuple[Step, ...]:
        """A path for people: in each model the steps that do more than pass a column on."""
        kept: list[Edge] = []
        for _, group in groupby(path, lambda edge: self.workspace.graph.unit_of(edge.target)):
            edges = list(group)
            telling = [edge for edge in edges if edge.clause not in PASSING_CLAUSES]
            kept += telling or edges[-1:]
        return tuple(self._step(edge) for edge in kept)

    def _trail(self, leaf: Node) -> Trail:
        return trace(self.workspace.graph, State(leaf, Influence.VALUE), self._skip(leaf))

    def _skip(self, leaf: Node) -> "_SkipAccepted":
        return _SkipAccepted(self.workspace, self.rules, leaf)

    def _reached(self, trail: Trail, feature: Node, influence: Influence) -> State | None:
        """The state in which a trail reaches a feature, itself or the rows of its relation."""
        state = State(feature, influence)
        if state in trail or influence is Influence.VALUE:
            return state if state in trail else None
        rows = State(Node(feature.relation, ROWS), Influence.ROWS)
        return rows if rows in trail else None

    def _lineages(self) -> Iterable[FeatureLineage]:
        """What each feature is made of; each trail is walked once, not once for each feature."""
        by_node: dict[Node, list[str]] = defaultdict(list)
        for name, node in self.features.items():
            by_node[node].append(name)
            by_node[Node(node.relation, ROWS)].append(name)
        values, rows, tables = (defaultdict(list) for _ in range(3))
        for leaf, trail in self.trails.items():
            column = SourceColumn(self.name(leaf), self.rules.forbidden(leaf))
            by_value, by_rows = self._reached_features(trail, by_node)
            if leaf.column == ROWS:
                label = self.workspace.graph.relations[leaf.relation].label
                for name in by_rows:
                    tables[name].append(label)
                by_value, by_rows = by_value - by_rows, set()
            for name in by_value:
                values[name].append(column)
            for name in by_rows - by_value:
                rows[name].append(column)
        for name in self.features:
            yield FeatureLineage(name, tuple(values[name]), tuple(rows[name]), tuple(tables[name]))

    def _reached_features(
        self, trail: Trail, by_node: Mapping[Node, list[str]]
    ) -> tuple[set[str], set[str]]:
        """The features that a trail reaches by value, and those whose rows it decides."""
        by_value: set[str] = set()
        by_rows: set[str] = set()
        for state in trail:
            names = by_node.get(state.node, ())
            if state.influence is Influence.ROWS:
                by_rows.update(names)
            elif state.node.column != ROWS:
                by_value.update(names)
        return by_value, by_rows

    def _findings(self) -> Iterable[Finding]:
        for leaf, trail in self.trails.items():
            kind = self.rules.forbidden(leaf)
            if kind is not None:
                yield from self._value_findings(leaf, kind, trail)
                yield from self._row_findings(leaf, kind, trail)

    def _value_findings(self, leaf: Node, kind: str, trail: Trail) -> Iterable[Finding]:
        for name, feature in self.features.items():
            state = self._reached(trail, feature, Influence.VALUE)
            if state is not None:
                path = self.steps(path_to(trail, state))
                yield Finding(self.name(leaf), kind, Influence.VALUE, (name,), path)

    def _row_findings(self, leaf: Node, kind: str, trail: Trail) -> Iterable[Finding]:
        """One finding for each line where the column begins to decide rows."""
        graph, skip, seen = self.workspace.graph, self._skip(leaf), set()
        values = [state for state in trail if state.influence is Influence.VALUE]
        for state in values:
            for edge in graph.outgoing(state.node):
                place = (graph.unit_of(edge.target), edge.clause, edge.line)
                if edge.influence is Influence.VALUE or place in seen or skip(state, edge):
                    continue
                found = self._beyond(edge, [*path_to(trail, state), edge])
                if found is not None:
                    seen.add(place)
                    yield Finding(self.name(leaf), kind, Influence.ROWS, *found)

    def _beyond(
        self, entry: Edge, before: list[Edge]
    ) -> tuple[tuple[str, ...], tuple[Step, ...]] | None:
        """The features that depend on the rows that `entry` decides, and the path to the first."""
        trail = trace(self.workspace.graph, State(entry.target, Influence.ROWS))
        reached = {
            name: state
            for name, feature in self.features.items()
            if (state := self._reached(trail, feature, Influence.ROWS)) is not None
        }
        if not reached:
            return None
        path = [*before, *path_to(trail, next(iter(reached.values())))]
        return tuple(reached), self.steps(path)

    def _accepted(self) -> Iterable[Accepted]:
        graph = self.workspace.graph
        for acceptance in self.rules.acceptances():
            path: tuple[Step, ...] = ()
            for leaf, trail in self.trails.items():
                for state in [each for each in trail if each.influence is Influence.VALUE]:
                    for edge in graph.outgoing(state.node):
                        unit = graph.unit_of(edge.target)
                        is_row_edge = edge.influence is Influence.ROWS
                        if is_row_edge and self.rules.acceptance(leaf, unit) == acceptance:
                            path = path or self.steps([*path_to(trail, state), edge])
            yield Accepted(acceptance.source_column, acceptance.model, acceptance.reason, path)

    def _unfollowed(self) -> Iterable[Unfollowed]:
        graph, texts = self.workspace.graph, self.workspace.texts
        for problem in self.workspace.problems:
            line, text = texts[problem.unit].place(problem.line)
            file, label = texts[problem.unit].path, graph.relations[problem.unit].label
            yield Unfollowed(label, file, line, problem.what, problem.fix, text)

    def _step(self, edge: Edge) -> Step:
        graph = self.workspace.graph
        unit = graph.unit_of(edge.target)
        file = self.workspace.texts[unit].path
        line, text = self.workspace.texts[unit].place(edge.line)
        is_rows = edge.target.column == ROWS
        return Step(
            unit=graph.relations[unit].label if unit in graph.relations else unit,
            relation=graph.relations[edge.target.relation].label,
            column="" if is_rows else graph.display(edge.target),
            influence=edge.influence,
            clause=edge.clause,
            file=file,
            line=line,
            text=text,
        )


@dataclass(frozen=True)
class _SkipAccepted:
    """Does not follow a column to where an accepted exception lets it decide rows."""

    workspace: Workspace
    rules: Rules
    leaf: Node

    def __call__(self, state: State, edge: Edge) -> bool:
        """Whether the step is where a value begins to decide rows, and that is accepted."""
        if state.influence is Influence.ROWS or edge.influence is Influence.VALUE:
            return False
        unit = self.workspace.graph.unit_of(edge.target)
        return self.rules.acceptance(self.leaf, unit) is not None
