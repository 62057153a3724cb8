"""What a name can mean at one place of a query: the scope, and the unit of SQL it stands in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from python_scoring.leakage.lineage.graph import Graph, Node, RelationInfo
from python_scoring.leakage.lineage.names.relations import Dependency, Relation


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the SQL that could not be followed; it counts as a finding, never as a pass.

    Args:
        unit: The model or file.
        line: Line in the unit's SQL, 0 where none is known.
        what: What could not be followed.
        fix: What the author can do.
    """

    unit: str
    line: int
    what: str
    fix: str


@dataclass
class Unit:
    """One model or file of SQL while it is read.

    Args:
        id: Key of the unit, and of the relation that it makes.
        label: Its name in reports.
        dialect: sqlglot's name of the SQL dialect.
        graph: The graph that edges are added to.
        find_table: Gives the relation that a table name stands for.
        problems: Where to report what cannot be followed.
    """

    id: str
    label: str
    dialect: str
    graph: Graph
    find_table: Callable[[exp.Table, "Unit"], Relation]
    problems: list[Problem]
    _count: int = 0

    def new_relation(self, name: str) -> Relation:
        """A relation for a CTE or subquery of this unit."""
        self._count += 1
        relation = Relation(f"{self.id}#{self._count}")
        self.graph.relations[relation.id] = RelationInfo(self.id, f"{self.label} > {name}")
        return relation

    def complain(self, expression: exp.Expr | None, what: str, fix: str) -> None:
        """Report a construct that cannot be followed, once per line."""
        line = line_of(expression) if expression is not None else 0
        problem = Problem(self.id, line, what, fix)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass
class Scope:
    """The tables, merged join columns, select-list aliases and windows that names can refer to."""

    unit: Unit
    parent: "Scope | None" = None
    ctes: dict[str, Relation] = field(default_factory=dict)
    sources: dict[str, Relation] = field(default_factory=dict)
    merged: dict[str, list[Node]] = field(default_factory=dict)
    aliases: dict[str, list[Dependency]] = field(default_factory=dict)
    windows: dict[str, exp.Window] = field(default_factory=dict)
    local_names: frozenset[str] = frozenset()

    def add_source(self, name: str, relation: Relation) -> None:
        """Make a relation visible under its alias; a second one of that name gets a hidden name."""
        key = name.lower()
        self.sources[key if key not in self.sources else f"{key} ({len(self.sources)})"] = relation

    def source(self, name: str) -> Relation | None:
        """The relation of that alias, here or in an outer query."""
        found = self.sources.get(name.lower())
        return found or (self.parent.source(name) if self.parent else None)

    def window(self, name: str) -> exp.Window | None:
        """A window of the `window` clause by name."""
        return self.windows.get(name.lower())


_FIRST_LINE = "first_line"


def mark_lines(statement: exp.Expr) -> None:
    """Note at each node the line where it begins, in one pass, for `line_of`."""
    for node in reversed(list(statement.walk())):
        lines = [child.meta[_FIRST_LINE] for child in node.iter_expressions()]
        lines.append(node.meta.get("line", 0))
        node.meta[_FIRST_LINE] = min((line for line in lines if line), default=0)


def line_of(expression: exp.Expr) -> int:
    """Line of the first token that sqlglot kept a position for, 0 where there is none."""
    if _FIRST_LINE not in expression.meta:
        mark_lines(expression)
    line: int = expression.meta[_FIRST_LINE]
    return line
