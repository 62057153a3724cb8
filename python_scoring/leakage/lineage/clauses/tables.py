"""Reads what stands in `from`: tables, subqueries, table functions, unnested arrays."""

from collections.abc import Callable

from sqlglot import exp

from python_scoring.leakage.lineage.clauses.expressions import ExpressionReader, value_use
from python_scoring.leakage.lineage.clauses.pivots import read_pivot
from python_scoring.leakage.lineage.graph import Node
from python_scoring.leakage.lineage.names.relations import Dependency, Relation, add_edges
from python_scoring.leakage.lineage.names.scopes import Scope, line_of

TABLE_PARTS = frozenset(["this", "alias", "db", "catalog", "sample", "version", "pivots", "joins"])
SUBQUERY_PARTS = frozenset(["this", "alias", "with_", "pivots", "sample", "joins"])
FILE_FUNCTIONS = (exp.ReadCSV, exp.ReadParquet)


class TableReader:
    """Turns an item of `from` into a relation under its alias.

    Args:
        expressions: Reads arguments of table functions and unnested arrays.
        read_query: Reads a subquery as a relation, in the scope of the tables before it (lateral).
    """

    def __init__(
        self,
        expressions: ExpressionReader,
        read_query: Callable[[exp.Expr, Scope], Relation],
    ) -> None:
        self._expressions = expressions
        self._read_query = read_query

    def read(self, item: exp.Expr, scope: Scope) -> tuple[str, Relation]:
        """The alias and the relation of one item of `from`."""
        if isinstance(item, exp.Unnest):
            return self._unnest(item, scope)
        if isinstance(item, exp.Values):
            return self._values(item, scope)
        if isinstance(item, exp.Lateral):
            return self._lateral(item, scope)
        if isinstance(item, exp.Table):
            relation = self._table(item, scope)
            check_parts(item, TABLE_PARTS, scope)
        elif isinstance(item, exp.Subquery | exp.Select | exp.SetOperation):
            relation = self._read_query(item, _around_subquery(scope))
            if isinstance(item, exp.Subquery):
                check_parts(item, SUBQUERY_PARTS, scope)
        else:
            return "", self._unknown(item, scope)
        for pivot in item.args.get("pivots") or []:
            relation = read_pivot(pivot, relation, scope, self._expressions)
        alias = item.alias_or_name or _pivot_alias(item)
        return alias, rename_columns(relation, item.args.get("alias"), scope)

    def _table(self, table: exp.Table, scope: Scope) -> Relation:
        if isinstance(table.this, exp.Func):
            return self._function(table, scope)
        name = table.name.lower()
        if not table.db and name in scope.ctes:
            return scope.ctes[name]
        if (array := self._array_of(table, scope)) is not None:
            return array
        return scope.unit.find_table(table, scope.unit)

    def _array_of(self, table: exp.Table, scope: Scope) -> Relation | None:
        """BigQuery's `from t, t.items`: an array of an earlier table, unnested."""
        if scope.unit.dialect != "bigquery" or scope.source(table.text("db")) is None:
            return None
        column = exp.column(table.this.copy(), table=table.args["db"].copy())
        dependencies = self._expressions.read(column, scope, value_use())
        return self._elements([table.alias_or_name], dependencies, scope, line_of(table))

    def _function(self, table: exp.Table, scope: Scope) -> Relation:
        function = table.this
        if isinstance(function, FILE_FUNCTIONS):
            return scope.unit.find_table(table, scope.unit)
        if not isinstance(function, exp.GenerateSeries | exp.GenerateDateArray):
            return self._unknown(table, scope)
        dependencies = self._expressions.read(function, scope, value_use())
        return self._elements([table.alias_or_name], dependencies, scope, line_of(table))

    def _unnest(self, item: exp.Unnest, scope: Scope) -> tuple[str, Relation]:
        check_parts(item, frozenset(["expressions", "alias", "offset", "explode_array"]), scope)
        alias = item.args.get("alias")
        names = [column.name for column in alias.columns] if alias is not None else []
        table = alias.name if alias is not None and alias.name else (names or ["unnest"])[0]
        dependencies = self._expressions.read_all(item.expressions, scope, value_use())
        relation = self._elements(names or [table], dependencies, scope, line_of(item))
        offset = item.args.get("offset")
        if offset:
            name = offset.name if isinstance(offset, exp.Expr) else "offset"
            relation.add_column(name, dependencies, scope.unit.graph)
        return table, relation

    def _elements(
        self, names: list[str], dependencies: list[Dependency], scope: Scope, line: int
    ) -> Relation:
        """A relation of array elements: the array decides both their values and their number."""
        graph = scope.unit.graph
        relation = scope.unit.new_relation(f"unnest {names[0]}")
        for name in names:
            relation.add_column(name, dependencies, graph)
        relation.element = Node(relation.id, names[0].lower())
        add_edges(graph, relation.rows, [each.as_rows("unnest", line) for each in dependencies])
        return relation

    def _values(self, item: exp.Values, scope: Scope) -> tuple[str, Relation]:
        relation = scope.unit.new_relation("values")
        rows = [
            row.expressions if isinstance(row, exp.Tuple) else [row] for row in item.expressions
        ]
        alias = item.args.get("alias")
        names = [column.name for column in alias.columns] if alias is not None else []
        for position in range(len(rows[0])):
            name = names[position] if position < len(names) else f"col{position}"
            cells = [row[position] for row in rows if position < len(row)]
            found = self._expressions.read_all(cells, scope, value_use())
            relation.add_column(name, found, scope.unit.graph)
        return item.alias, relation

    def _lateral(self, item: exp.Lateral, scope: Scope) -> tuple[str, Relation]:
        check_parts(item, frozenset(["this", "alias", "view", "outer", "cross_apply"]), scope)
        if isinstance(item.this, exp.Subquery | exp.Select):
            relation = self._read_query(item.this, scope)
            return item.alias, rename_columns(relation, item.args.get("alias"), scope)
        if isinstance(item.this, exp.Unnest | exp.Explode):
            alias = item.args.get("alias")
            names = [column.name for column in alias.columns] if alias is not None else []
            found = self._expressions.read_all(item.this.iter_expressions(), scope, value_use())
            relation = self._elements(names or [item.alias], found, scope, line_of(item))
            return item.alias, relation
        return item.alias, self._unknown(item, scope)

    def _unknown(self, item: exp.Expr, scope: Scope) -> Relation:
        """A stand-in for what cannot be followed; the complaint is the finding."""
        text = item.sql(scope.unit.dialect)[:60]
        scope.unit.complain(item, f"`{text}` in `from` cannot be followed.", "Write it as a query.")
        relation = scope.unit.new_relation("unknown")
        relation.is_open = True
        return relation


def rename_columns(relation: Relation, alias: exp.TableAlias | None, scope: Scope) -> Relation:
    """The relation under the column names of its alias: `(select ..) as t(a, b)`."""
    names = [column.name for column in alias.columns] if alias is not None else []
    if not names or list(relation.columns) == [name.lower() for name in names]:
        return relation
    graph, line = scope.unit.graph, line_of(alias) if alias is not None else 0
    renamed = scope.unit.new_relation(alias.name if alias is not None else "alias")
    use = value_use()
    if relation.has_unknown_columns:
        text = f"The columns of `{renamed.id}` are renamed by position, but are not all known."
        scope.unit.complain(alias, text, "Name the columns in the select, not in the alias.")
    old_names = list(relation.columns)
    for position, old in enumerate(old_names):
        name = names[position] if position < len(names) else relation.columns[old]
        renamed.add_column(name, [use.of(relation.column(old, graph), line)], graph)
    add_edges(graph, renamed.rows, [use.deciding_rows("from").of(relation.rows, line)])
    positions = dict(zip(old_names, renamed.columns, strict=True))
    renamed.keys = {frozenset(positions[column] for column in key) for key in relation.keys}
    return renamed


def check_parts(expression: exp.Expr, known: frozenset[str], scope: Scope) -> None:
    """Complain of every part of a construct that this reader does not know."""
    for name, value in expression.args.items():
        if value and name not in known:
            text = f"`{name.strip('_')}` in `{expression.key}` is not understood."
            scope.unit.complain(expression, text, "Write the query without it.")


def _around_subquery(scope: Scope) -> Scope:
    """What a subquery in `from` sees: on DuckDB the tables before it too, as if it were lateral."""
    if scope.unit.dialect == "duckdb":
        return scope
    return Scope(scope.unit, scope.parent, scope.ctes)


def _pivot_alias(item: exp.Expr) -> str:
    pivots = item.args.get("pivots") or []
    return pivots[-1].alias if pivots else ""
