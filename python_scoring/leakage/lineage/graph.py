"""The graph of influence: which column, and which choice of rows, decides what.

A node is a column of a relation, or its `ROWS`: the fact of which rows it has, how often, and in
which order. An edge says that its source influences its target, either as a *value* (the column
stands in the expression) or through the *rows* (the column decides which rows exist, or how they
are grouped and ordered). Relations are sources, models, and every CTE and subquery inside them.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

ROWS = "(rows)"
ALL = "*"


class Influence(StrEnum):
    """How a node influences another one."""

    VALUE = "value"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Node:
    """A column of a relation, its `ROWS`, or `ALL` its columns where their names are unknown."""

    relation: str
    column: str


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` influences `target` through `clause`, in line `line` of the target's own unit."""

    source: Node
    target: Node
    influence: Influence
    clause: str
    line: int


@dataclass(frozen=True, slots=True)
class State:
    """A node reached from some source column, by values alone or through rows."""

    node: Node
    influence: Influence


@dataclass(frozen=True, slots=True)
class RelationInfo:
    """What a relation is called in a report, and the unit (model, file or source) it belongs to."""

    unit: str
    label: str
    is_leaf: bool = False


@dataclass
class Graph:
    """All relations read so far, and the edges between their nodes."""

    relations: dict[str, RelationInfo] = field(default_factory=dict)
    display_names: dict[Node, str] = field(default_factory=dict)
    _outgoing: dict[Node, dict[Edge, None]] = field(default_factory=dict)
    _incoming: dict[Node, dict[Edge, None]] = field(default_factory=dict)

    def add(self, edge: Edge) -> None:
        """Remember an edge; the same edge twice is one edge, and a node does not feed itself."""
        if edge.source == edge.target:
            return
        self._outgoing.setdefault(edge.source, {})[edge] = None
        self._incoming.setdefault(edge.target, {})[edge] = None

    def outgoing(self, node: Node) -> Iterator[Edge]:
        """Edges that start at `node`."""
        yield from self._outgoing.get(node, ())

    def incoming(self, node: Node) -> Iterator[Edge]:
        """Edges that end at `node`."""
        yield from self._incoming.get(node, ())

    def nodes(self) -> set[Node]:
        """Every node that an edge touches."""
        return set(self._outgoing) | set(self._incoming)

    def unit_of(self, node: Node) -> str:
        """The model, file or source that a node belongs to."""
        return self.relations[node.relation].unit

    def display(self, node: Node) -> str:
        """The node's column as its author spelled it."""
        return self.display_names.get(node, node.column)


Skip = Callable[[State, Edge], bool]
Trail = dict[State, tuple[State, Edge] | None]


def step(state: State, edge: Edge) -> State:
    """Where an edge leads: values stay values along value edges, all else is rows."""
    stays_value = state.influence is Influence.VALUE and edge.influence is Influence.VALUE
    return State(edge.target, Influence.VALUE if stays_value else Influence.ROWS)


def trace(graph: Graph, start: State, skip: Skip = lambda state, edge: False) -> Trail:
    """All states that `start` reaches, each with the state and edge before it on a shortest path.

    Args:
        graph: The graph of influence; cycles (recursive CTEs) are fine.
        start: Where to begin, usually a source column by value.
        skip: Edges not to follow from a state.

    Returns:
        For each reached state its predecessor, None for the start itself.
    """
    trail: Trail = {start: None}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        for edge in graph.outgoing(state.node):
            following = step(state, edge)
            if following not in trail and not skip(state, edge):
                trail[following] = (state, edge)
                queue.append(following)
    return trail


def path_to(trail: Trail, state: State) -> list[Edge]:
    """Edges from the trail's start to `state`, in the order in which influence flows."""
    edges: list[Edge] = []
    before = trail[state]
    while before is not None:
        edges.append(before[1])
        before = trail[before[0]]
    return edges[::-1]
