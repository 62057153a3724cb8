"""Reads `from` and its joins: which tables are in sight, and what the joins do to the rows."""

from sqlglot import exp

from python_scoring.leakage.lineage.clauses.expressions import ExpressionReader, rows_use
from python_scoring.leakage.lineage.clauses.tables import TableReader, check_parts
from python_scoring.leakage.lineage.graph import Influence, Node
from python_scoring.leakage.lineage.names.columns import Use
from python_scoring.leakage.lineage.names.keys import equated_columns
from python_scoring.leakage.lineage.names.relations import Dependency, Relation
from python_scoring.leakage.lineage.names.scopes import Scope, line_of

JOIN_PARTS = frozenset(["this", "on", "using", "side", "kind", "method", "hint"])


class JoinReader:
    """Adds the tables of a `from` clause to a scope.

    Args:
        tables: Reads each table.
        expressions: Reads the join conditions.
    """

    def __init__(self, tables: TableReader, expressions: ExpressionReader) -> None:
        self._tables = tables
        self._expressions = expressions

    def read_from(self, select: exp.Select, scope: Scope) -> list[Dependency]:
        """Add all tables of a query block to `scope`; returns what decides the joined rows."""
        clause = select.args.get("from_")
        rows = self._item(clause.this, scope) if clause is not None else []
        for lateral in select.args.get("laterals") or []:
            rows += self._item(lateral, scope)
        for join in select.args.get("joins") or []:
            rows += self._join(join, scope)
        return rows

    def _item(self, item: exp.Expr, scope: Scope) -> list[Dependency]:
        if isinstance(item, exp.Subquery) and isinstance(item.this, exp.Table):
            rows = self._item(item.this, scope)  # `from (a join b ..)`
        else:
            alias, relation = self._tables.read(item, scope)
            scope.add_source(alias, relation)
            rows = [rows_use("from").of(relation.rows, line_of(item))]
        for join in item.args.get("joins") or []:
            rows += self._join(join, scope)
        return rows

    def _join(self, join: exp.Join, scope: Scope) -> list[Dependency]:
        check_parts(join, JOIN_PARTS, scope)
        if isinstance(join.this, exp.Subquery) and isinstance(join.this.this, exp.Table):
            return self._nested(join, scope)
        alias, relation = self._tables.read(join.this, scope)
        before = dict(scope.sources)
        scope.add_source(alias, relation)
        key = next(reversed(scope.sources))
        rows = [rows_use(_clause(join, "join")).of(relation.rows, line_of(join))]
        rows += self._condition(join, key, before, scope)
        if join.kind in ("SEMI", "ANTI"):
            scope.sources.pop(key)
        elif _keeps_rows(join, key, relation):
            scope.sources[key] = joined(relation, rows, scope)
            return []
        return rows

    def _nested(self, join: exp.Join, scope: Scope) -> list[Dependency]:
        """`a join (b join c on ..) on ..`: the inner tables join the same scope."""
        rows = self._item(join.this, scope)
        if join.args.get("using") or join.args.get("method") or join.kind in ("SEMI", "ANTI"):
            text = "A join in brackets under `using`, `natural`, `semi` or `anti` is not followed."
            scope.unit.complain(join, text, "Write the inner join as a CTE.")
        return rows + self._on(join, scope)

    def _condition(
        self, join: exp.Join, key: str, before: dict[str, Relation], scope: Scope
    ) -> list[Dependency]:
        names = [identifier.name for identifier in join.args.get("using") or []]
        if (join.args.get("method") or "").upper() == "NATURAL":
            names = self._natural_names(join, scope.sources[key], before, scope)
        for name in names:
            self._merge(name, join, key, before, scope)
        use, line = rows_use(_clause(join, "join using")), line_of(join)
        relation, graph = scope.sources[key], scope.unit.graph
        found = [use.of(relation.column(name, graph), line) for name in names]
        found += [use.of(node, line) for name in names for node in _left_nodes(name, before, scope)]
        return found + self._on(join, scope)

    def _on(self, join: exp.Join, scope: Scope) -> list[Dependency]:
        condition = join.args.get("on")
        if condition is None:
            return []
        return self._expressions.read(condition, scope, rows_use(_clause(join, "join on")))

    def _natural_names(
        self, join: exp.Join, relation: Relation, before: dict[str, Relation], scope: Scope
    ) -> list[str]:
        sides = [relation, *before.values()]
        if any(side.has_unknown_columns for side in sides):
            text = "A natural join of tables whose columns are not all known."
            scope.unit.complain(join, text, "Name the columns: `join .. using (..)`.")
        left = {name for side in before.values() for name in side.columns}
        return [name for name in relation.columns if name in left]

    def _merge(
        self, name: str, join: exp.Join, key: str, before: dict[str, Relation], scope: Scope
    ) -> None:
        """After `using`, the bare name means the left value, the right one, or either."""
        right = [scope.sources[key].column(name, scope.unit.graph)]
        left = _left_nodes(name, before, scope)
        if not left or not scope.sources[key].may_have(name):
            text = f"`using ({name})`: the column is not in both tables."
            scope.unit.complain(join, text, "Check the column's name on both sides.")
        if join.side == "FULL":
            scope.merged[name.lower()] = left + right
        else:
            scope.merged[name.lower()] = right if join.side == "RIGHT" else left


def joined(relation: Relation, rows: list[Dependency], scope: Scope) -> Relation:
    """The right side of a left join that adds no rows: `rows` decide its columns only."""
    graph = scope.unit.graph
    view = scope.unit.new_relation("join")
    view.context = rows
    view.keeps_rows, view.element, view.ranks = True, relation.element, relation.ranks
    use = Use("join", Influence.VALUE)
    for name, spelled in relation.columns.items():
        view.add_column(spelled, [use.of(Node(relation.id, name), rows[0].line)], graph)
    if relation.has_unknown_columns:
        view.stars = [(relation, frozenset(relation.columns))]
    view.row_columns = {
        name: joined(row, rows, scope) for name, row in relation.row_columns.items()
    }
    return view


def _keeps_rows(join: exp.Join, key: str, relation: Relation) -> bool:
    """Whether each row on the left meets at most one on the right, and none is dropped."""
    if join.side != "LEFT":
        return False
    if (join.args.get("method") or "").upper() == "ASOF":
        return True
    equated = equated_columns(join, key, relation)
    return any(unique <= equated for unique in relation.keys)


def _left_nodes(name: str, before: dict[str, Relation], scope: Scope) -> list[Node]:
    if name.lower() in scope.merged:
        return scope.merged[name.lower()]
    graph = scope.unit.graph
    known = [each.column(name, graph) for each in before.values() if each.knows(name)]
    maybe = [each.column(name, graph) for each in before.values() if each.may_have(name)]
    return known or maybe


def _clause(join: exp.Join, clause: str) -> str:
    words = [join.args.get("method") or "", join.side, join.kind]
    prefix = " ".join(word.lower() for word in words if word and word.upper() not in ("OUTER",))
    return f"{prefix} {clause}".strip()
