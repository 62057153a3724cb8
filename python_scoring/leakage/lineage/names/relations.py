"""Relations as the resolver knows them: their columns, and what may hide behind a `select *`."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from python_scoring.leakage.lineage.graph import ALL, ROWS, Edge, Graph, Influence, Node


@dataclass(frozen=True, slots=True)
class Dependency:
    """One node that an expression or clause depends on, and where the SQL says so."""

    node: Node
    influence: Influence
    clause: str
    line: int

    def as_rows(self, clause: str, line: int) -> "Dependency":
        """The same node, now deciding rows in another clause."""
        return Dependency(self.node, Influence.ROWS, clause, line)


@dataclass
class Relation:
    """A table, view, CTE or subquery.

    Args:
        id: Key of the relation in the graph.
        columns: Known columns, lower case to the author's spelling, in order.
        stars: Relations with unknown columns that a `select *` passed on, each with the names it
            left out.
        is_open: A source whose columns are not, or not all, known: any name may be one of them.
        is_declared: A source for which somebody listed the columns; names beyond the list are
            suspicious rather than expected.
        element: Column whose fields this relation's unknown columns are (unnested structs).
        context: What decides the rows behind every column (a left join's condition and right side).
        keys: Column sets of which no combination occurs twice; the empty set means at most one row.
        ranks: Columns that are `row_number()` over a partition, with the partition's columns.
        row_columns: Columns that hold a whole row of another relation, as a struct.
        keeps_rows: Joined such that it neither drops nor doubles the rows of what it is joined to.
    """

    id: str
    columns: dict[str, str] = field(default_factory=dict)
    stars: list[tuple["Relation", frozenset[str]]] = field(default_factory=list)
    is_open: bool = False
    is_declared: bool = False
    element: Node | None = None
    context: list[Dependency] = field(default_factory=list)
    keys: set[frozenset[str]] = field(default_factory=set)
    ranks: dict[str, frozenset[str]] = field(default_factory=dict)
    row_columns: dict[str, "Relation"] = field(default_factory=dict)
    keeps_rows: bool = False

    @property
    def rows(self) -> Node:
        """The node that stands for which rows the relation has."""
        return Node(self.id, ROWS)

    @property
    def has_unknown_columns(self) -> bool:
        """Whether a name that is not among `columns` may still be one."""
        return self.is_open or bool(self.stars)

    def knows(self, name: str) -> bool:
        """Whether the column certainly exists."""
        return name.lower() in self.columns

    def may_have(self, name: str) -> bool:
        """Whether the column exists or may hide among unknown ones."""
        if self.knows(name) or self.is_open:
            return True
        return any(
            name.lower() not in left_out and relation.may_have(name)
            for relation, left_out in self.stars
        )

    def column(self, name: str, graph: Graph) -> Node:
        """The node of a column; one that came through a `select *` is added on first use."""
        node = Node(self.id, name.lower())
        if self.knows(name):
            return node
        if self.is_open:
            graph.display_names.setdefault(node, name)
        elif self.element is not None and not self.may_have(name):
            return self.element
        for relation, left_out in self.stars:
            if name.lower() not in left_out and relation.may_have(name):
                origin = relation.column(name, graph)
                graph.add(Edge(origin, node, Influence.VALUE, "select *", 0))
                self.add_context(node, graph)
        return node

    def all_columns(self, graph: Graph) -> list[Node]:
        """Every column's node, and `ALL` for those whose names are unknown."""
        nodes = [Node(self.id, name) for name in self.columns]
        rest = Node(self.id, ALL)
        if self.is_open:
            nodes.append(rest)
        for relation, _ in self.stars:
            for origin in relation.all_columns(graph):
                graph.add(Edge(origin, rest, Influence.VALUE, "select *", 0))
            self.add_context(rest, graph)
        return nodes + ([rest] if self.stars else [])

    def add_column(self, name: str, dependencies: Iterable[Dependency], graph: Graph) -> None:
        """Declare a column, with all that it depends on."""
        node = Node(self.id, name.lower())
        self.columns[name.lower()] = name
        graph.display_names[node] = name
        add_edges(graph, node, dependencies)
        self.add_context(node, graph)

    def add_context(self, node: Node, graph: Graph) -> None:
        """Let the relation's context decide the rows behind one of its columns."""
        add_edges(graph, node, self.context)


def add_edges(graph: Graph, target: Node, dependencies: Iterable[Dependency]) -> None:
    """Add one edge into `target` for each dependency."""
    for each in dependencies:
        graph.add(Edge(each.node, target, each.influence, each.clause, each.line))
