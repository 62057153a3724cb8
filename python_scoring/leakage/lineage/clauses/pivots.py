"""Reads `pivot` and `unpivot` behind a table."""

from sqlglot import exp

from python_scoring.leakage.lineage.clauses.expressions import ExpressionReader, rows_use, value_use
from python_scoring.leakage.lineage.names.relations import Dependency, Relation, add_edges
from python_scoring.leakage.lineage.names.scopes import Scope, line_of


def read_pivot(
    pivot: exp.Pivot, table: Relation, scope: Scope, expressions: ExpressionReader
) -> Relation:
    """The relation that a pivot or unpivot of `table` makes.

    A pivot groups by all columns that it does not name, so all of them decide its rows.
    """
    inside = Scope(scope.unit, scope, scope.ctes, {"": table})
    relation = scope.unit.new_relation("unpivot" if pivot.args.get("unpivot") else "pivot")
    if table.has_unknown_columns:
        text = f"`{pivot.key}` of a table whose columns are not all known."
        scope.unit.complain(pivot, text, "Select the columns by name first.")
    read = _unpivot if pivot.args.get("unpivot") else _pivot
    read(pivot, table, relation, inside, expressions)
    rows = [rows_use("from").of(table.rows, line_of(pivot))]
    add_edges(scope.unit.graph, relation.rows, rows)
    return relation


def _pivot(
    pivot: exp.Pivot,
    table: Relation,
    relation: Relation,
    scope: Scope,
    expressions: ExpressionReader,
) -> None:
    graph = scope.unit.graph
    fields = pivot.args.get("fields") or []
    aggregates = expressions.read_all(pivot.expressions, scope, value_use())
    choosing = expressions.read_all(fields, scope, rows_use("pivot"))
    group = pivot.args.get("group")
    if group is not None:
        kept = [column.name.lower() for column in group.find_all(exp.Column)]
    else:
        named = {c.name.lower() for part in (*pivot.expressions, *fields) for c in _columns(part)}
        kept = [name for name in table.columns if name not in named]
    if not pivot.args.get("columns"):
        text = "A pivot without a fixed list of values has columns that nobody can know."
        scope.unit.complain(pivot, text, "List the values: `for x in ('a', 'b')`.")
    for name in kept:
        _keep(name, table, relation, scope, line_of(pivot))
    for column in pivot.args.get("columns") or []:
        relation.add_column(column.name, aggregates + choosing, graph)
    by = [rows_use("pivot").of(table.column(name, graph), line_of(pivot)) for name in kept]
    add_edges(graph, relation.rows, by)


def _unpivot(
    pivot: exp.Pivot,
    table: Relation,
    relation: Relation,
    scope: Scope,
    expressions: ExpressionReader,
) -> None:
    graph, line = scope.unit.graph, line_of(pivot)
    values: list[Dependency] = []
    names = []
    for part in pivot.args.get("fields") or []:
        values += expressions.read_all(part.expressions, scope, value_use())
        names.append(part.this.name)
    unpivoted = {c.name.lower() for part in pivot.args.get("fields") or [] for c in _columns(part)}
    for name in table.columns:
        if name not in unpivoted:
            _keep(name, table, relation, scope, line)
    for name in names:
        relation.add_column(name, [], graph)
    for value in pivot.expressions:
        relation.add_column(value.name, values, graph)
    # rows whose value is null are dropped
    add_edges(graph, relation.rows, [each.as_rows("unpivot", line) for each in values])


def _keep(name: str, table: Relation, relation: Relation, scope: Scope, line: int) -> None:
    graph = scope.unit.graph
    spelled = table.columns.get(name, name)
    relation.add_column(spelled, [value_use().of(table.column(name, graph), line)], graph)


def _columns(part: exp.Expr) -> list[exp.Column]:
    return list(part.find_all(exp.Column))
