"""Reads an expression: every column in it, with the way in which it counts."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlglot import exp

from python_scoring.leakage.lineage.graph import Influence, Node
from python_scoring.leakage.lineage.names.columns import Use, resolve_column, whole_rows
from python_scoring.leakage.lineage.names.functions import (
    RUNTIME_TABLE,
    runtime_column,
    unknown_function,
)
from python_scoring.leakage.lineage.names.relations import Dependency, Relation
from python_scoring.leakage.lineage.names.scopes import Scope, line_of

ReadQuery = Callable[[exp.Expr, Scope], Relation]


class ExpressionReader:
    """Finds what an expression depends on.

    Args:
        read_query: Reads a subquery as a relation; it is given the scope for correlated columns.
    """

    def __init__(self, read_query: ReadQuery) -> None:
        self._read_query = read_query

    def read(self, expression: exp.Expr, scope: Scope, use: Use) -> list[Dependency]:
        """All dependencies of `expression`, in the order of the text.

        Constructs with a meaning of their own are listed here. Any other node is a function or an
        operator, and depends on whatever its parts depend on.
        """
        if isinstance(expression, exp.Column):
            return resolve_column(expression, scope, use)
        if isinstance(expression, exp.Select | exp.SetOperation | exp.Subquery | exp.Values):
            return self._subquery(expression, scope, use)
        if isinstance(expression, exp.Exists):
            return self._exists(expression, scope, use)
        if isinstance(expression, exp.Window):
            return self._window(expression, scope, use)
        if isinstance(expression, exp.Filter | exp.WithinGroup | exp.HavingMax):
            return self._aggregate_rows(expression, scope, use)
        if isinstance(expression, exp.Order):
            return self._order(expression, scope, use)
        if isinstance(expression, exp.Lambda | exp.Comprehension):
            return self._parts(expression, _with_parameters(expression, scope), use)
        if isinstance(expression, exp.Star | exp.Columns):
            return self._star(expression, scope, use)
        self._check_function(expression, scope)
        return _runtime(expression, use) + self._parts(expression, scope, use)

    def read_all(self, expressions: Iterable[exp.Expr], scope: Scope, use: Use) -> list[Dependency]:
        """Dependencies of several expressions."""
        return [each for part in expressions for each in self.read(part, scope, use)]

    def _parts(self, expression: exp.Expr, scope: Scope, use: Use) -> list[Dependency]:
        return self.read_all(expression.iter_expressions(), scope, use)

    def _subquery(self, expression: exp.Expr, scope: Scope, use: Use) -> list[Dependency]:
        relation, line = self._read_query(expression, scope), line_of(expression)
        columns = [use.of(node, line) for node in relation.all_columns(scope.unit.graph)]
        rows = use.deciding_rows(_in_subquery(use, "scalar subquery")).of(relation.rows, line)
        return [*columns, rows]

    def _exists(self, expression: exp.Exists, scope: Scope, use: Use) -> list[Dependency]:
        if not isinstance(expression.this, exp.Query):
            return self._parts(expression, scope, use)  # `exists(array, lambda)`
        relation = self._read_query(expression.this, scope)
        rows = use.deciding_rows(_in_subquery(use, "exists"))
        return [rows.of(relation.rows, line_of(expression))]

    def _window(self, expression: exp.Window, scope: Scope, use: Use) -> list[Dependency]:
        """The function by value; partition, order and frame decide which rows it sees."""
        found = self.read(expression.this, scope, use)
        specifications = [expression]
        name = expression.args.get("alias")
        if name is not None and (named := scope.window(name.name)) is not None:
            specifications.append(named)
        for window in specifications:
            partition = use.deciding_rows("window partition")
            found += self.read_all(window.args.get("partition_by") or [], scope, partition)
            for part in ("order", "spec"):
                if (detail := window.args.get(part)) is not None:
                    found += self._parts(detail, scope, use.deciding_rows("window order"))
        return found

    def _aggregate_rows(self, expression: exp.Expr, scope: Scope, use: Use) -> list[Dependency]:
        """`filter (where ..)`, `within group (order by ..)`, `having max ..`."""
        clauses = {"filter": "filter", "havingmax": "having max", "withingroup": "aggregate order"}
        rows = use.deciding_rows(clauses[expression.key])
        inner = self.read(expression.this, scope, use)
        decisive = expression.args.get("expression")
        if isinstance(expression, exp.WithinGroup):
            # in percentile_cont(0.5) within group (order by x), x is the value itself
            inner += self._parts(decisive, scope, use) if decisive is not None else []
        return inner + (self.read(decisive, scope, rows) if decisive is not None else [])

    def _order(self, expression: exp.Order, scope: Scope, use: Use) -> list[Dependency]:
        """`array_agg(x order by y)`: x by value, y decides the rows."""
        inner = self.read(expression.this, scope, use) if expression.this is not None else []
        rows = use.deciding_rows("aggregate order")
        return inner + self.read_all(expression.expressions, scope, rows)

    def _star(self, expression: exp.Expr, scope: Scope, use: Use) -> list[Dependency]:
        if isinstance(expression.parent, exp.Count):
            return []
        return [use.of(node, line_of(expression)) for node in whole_rows(scope)]

    def _check_function(self, expression: exp.Expr, scope: Scope) -> None:
        name = unknown_function(expression, scope.unit.dialect)
        if name is not None:
            what = f"The function `{name}` is not built in, so it may read any table."
            scope.unit.complain(expression, what, "Write its SQL out, for instance as a macro.")


def _in_subquery(use: Use, clause: str) -> str:
    """Name the clause that a subquery stands in; in a select list the subquery itself says more."""
    return clause if use.clause == "select" else f"{clause} in {use.clause}"


def _with_parameters(expression: exp.Expr, scope: Scope) -> Scope:
    """The scope inside a lambda or list comprehension, whose parameters are no columns."""
    if isinstance(expression, exp.Comprehension):
        names = [expression.args["expression"].name]
    else:
        names = [parameter.name for parameter in expression.expressions]
    local = scope.local_names | {name.lower() for name in names}
    return replace(scope, local_names=local)


def _runtime(expression: exp.Expr, use: Use) -> list[Dependency]:
    column = runtime_column(expression)
    return [use.of(Node(RUNTIME_TABLE, column), line_of(expression))] if column else []


def value_use() -> Use:
    """Use of an expression in a select list."""
    return Use("select", Influence.VALUE)


def rows_use(clause: str, *, aliases_first: bool = False) -> Use:
    """Use of an expression in a clause that decides rows."""
    return Use(clause, Influence.ROWS, aliases_first)
