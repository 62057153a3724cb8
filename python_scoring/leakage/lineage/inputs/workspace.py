"""Holds everything read so far: one graph, its leaves, and what could not be followed."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from python_scoring.leakage.lineage.clauses.queries import QueryReader
from python_scoring.leakage.lineage.graph import Graph, Node, RelationInfo
from python_scoring.leakage.lineage.inputs.source_lines import SqlText
from python_scoring.leakage.lineage.names.functions import RUNTIME_TABLE
from python_scoring.leakage.lineage.names.relations import Relation
from python_scoring.leakage.lineage.names.scopes import Problem, Unit, mark_lines

# sqlglot warns of statements that it does not parse; here they are findings
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

# what one model or file may hold: a limit said is better than an audit that seems to hang
MOST_CHARACTERS = 1_000_000

FindTable = Callable[[exp.Table, Unit], Relation]


@dataclass
class Workspace:
    """The graph under construction.

    Args:
        dialect: sqlglot's name of the SQL dialect.
        graph: Edges read so far.
        problems: What could not be followed so far; each is a finding.
        texts: The SQL of each unit, for the lines of reports.
        trusted: What is believed without proof, for the report.
    """

    dialect: str
    graph: Graph = field(default_factory=Graph)
    problems: list[Problem] = field(default_factory=list)
    texts: dict[str, SqlText] = field(default_factory=dict)
    trusted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Add the clock and the dice as a source of their own."""
        self.graph.relations[RUNTIME_TABLE] = RelationInfo(RUNTIME_TABLE, RUNTIME_TABLE, True)

    def leaf(self, relation_id: str, label: str, columns: Iterable[str], kind: str) -> Relation:
        """A table that no SQL here makes.

        Args:
            relation_id: Its key in the graph.
            label: Its name in reports.
            columns: Names of its known columns.
            kind: `closed` when these are all, `declared` when others may exist but should not be
                read, `open` when nobody listed them.
        """
        relation = Relation(relation_id, is_open=kind != "closed", is_declared=kind == "declared")
        self.graph.relations[relation_id] = RelationInfo(relation_id, label, is_leaf=True)
        for name in columns:
            relation.columns[name.lower()] = name
            self.graph.display_names[Node(relation_id, name.lower())] = name
        return relation

    def unit(self, unit_id: str, label: str, find_table: FindTable) -> Unit:
        """A model or file to be read."""
        self.graph.relations[unit_id] = RelationInfo(unit_id, label)
        return Unit(unit_id, label, self.dialect, self.graph, find_table, self.problems)

    def parse(self, text: SqlText, unit: Unit) -> list[exp.Expr]:
        """The statements of an SQL text; none, and a problem, when it cannot be read."""
        self.texts[unit.id] = text
        if len(text.sql) > MOST_CHARACTERS:
            what = f"The SQL has {len(text.sql):,} characters; up to {MOST_CHARACTERS:,} are read."
            unit.complain(None, what, "Put lists of values into a table, and long SQL into parts.")
            return []
        try:
            statements = sqlglot.parse(text.sql, read=self.dialect)
        except (SqlglotError, RecursionError) as error:
            errors = getattr(error, "errors", None) or [{}]
            detail = errors[0].get("description") or str(error).splitlines()[0]
            what = f"The SQL cannot be read as {self.dialect}: {detail}"
            fix = "Correct the SQL, or write it in a form that sqlglot reads."
            self.problems.append(Problem(unit.id, int(errors[0].get("line") or 0), what, fix))
            return []
        found = [each for each in statements if each and not isinstance(each, exp.Semicolon)]
        for statement in found:
            mark_lines(statement)
        return found

    def read_query(self, text: SqlText, unit: Unit) -> Relation:
        """The relation that a unit of one query makes; an open one when it cannot be read."""
        statements = self.parse(text, unit)
        if len(statements) == 1 and isinstance(statements[0], exp.Query):
            return self.read_into(statements[0], Relation(unit.id), unit)
        if statements:
            what = "The model is more than one query, or none."
            unit.complain(statements[0], what, "Make it a single select.")
        elif not any(problem.unit == unit.id for problem in self.problems):
            unit.complain(None, "The SQL is empty.", "Write the model, or delete it.")
        return Relation(unit.id, is_open=True)

    def read_into(self, query: exp.Expr, target: Relation, unit: Unit) -> Relation:
        """Read a query of a unit into a relation; an open one where it is nested too deeply."""
        try:
            return QueryReader(unit).read_into(query, target)
        except RecursionError:
            unit.complain(None, "The SQL is nested too deeply.", "Put inner queries into CTEs.")
            return Relation(target.id, is_open=True)
