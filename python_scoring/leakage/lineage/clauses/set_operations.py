"""Reads `union`, `except` and `intersect`, and with them the two halves of a recursive CTE."""

from collections.abc import Callable

from sqlglot import exp

from python_scoring.leakage.lineage.clauses.expressions import ReadQuery, rows_use
from python_scoring.leakage.lineage.clauses.tables import check_parts
from python_scoring.leakage.lineage.graph import Influence, Node
from python_scoring.leakage.lineage.names.columns import Use
from python_scoring.leakage.lineage.names.relations import Relation, add_edges
from python_scoring.leakage.lineage.names.scopes import Scope, line_of

SET_PARTS = frozenset(
    ["with_", "this", "expression", "distinct", "by_name", "order", "limit", "offset"]
)


def read_set_operation(
    query: exp.SetOperation,
    scope: Scope,
    target: Relation,
    left: Relation,
    read: ReadQuery,
    *,
    names: list[str] | None = None,
    recursion: Callable[[Relation], Scope] | None = None,
) -> None:
    """Fill `target` with what the set operation makes.

    Args:
        query: The union, except or intersect.
        scope: Where it stands.
        target: The relation to fill.
        left: What its left side makes; `target` itself where it is a union of the same kind.
        read: Reads its right side.
        names: Names for the columns, from a CTE's alias; else those of the left side.
        recursion: For a recursive CTE: the scope of the right side, in which `target` is visible.
    """
    check_parts(query, SET_PARTS, scope)
    if left is not target:
        _add_side(query, left, left, target, names, scope)
    right = read(query.expression, recursion(target) if recursion else scope)
    _add_side(query, right, left, target, names, scope)
    _add_rows(query, left, right, target, scope)
    if len(target.stars) > 1 or (target.stars and left.columns.keys() != right.columns.keys()):
        text = f"`{query.key}` of `select *` over tables whose columns are not known."
        scope.unit.complain(query, text, "Name the columns, or give the tables' columns.")


def _add_side(
    query: exp.SetOperation,
    side: Relation,
    left: Relation,
    target: Relation,
    names: list[str] | None,
    scope: Scope,
) -> None:
    """Add the edges from one side, by position or by name, and make its columns the target's."""
    graph, line = scope.unit.graph, line_of(query)
    is_value = side is left or not isinstance(query, exp.Except)
    use = Use(_clause(query), Influence.VALUE if is_value else Influence.ROWS)
    given = list(names or left.columns.values())
    for position, (name, spelled) in enumerate(side.columns.items()):
        output = spelled if query.args.get("by_name") else _at(given, position, spelled)
        target.add_column(output, [use.of(Node(side.id, name), line)], graph)
    if side.has_unknown_columns:
        target.stars.append((side, frozenset(side.columns)))


def _add_rows(
    query: exp.SetOperation, left: Relation, right: Relation, target: Relation, scope: Scope
) -> None:
    graph, line, use = scope.unit.graph, line_of(query), rows_use(_clause(query))
    found = [use.of(left.rows, line), use.of(right.rows, line)]
    if query.args.get("distinct") or not isinstance(query, exp.Union):
        compared = [*left.all_columns(graph), *right.all_columns(graph)]
        found += [use.of(node, line) for node in compared]
        if query.args.get("distinct") and not target.stars:
            target.keys.add(frozenset(target.columns))
    add_edges(graph, target.rows, found)


def _at(names: list[str], position: int, otherwise: str) -> str:
    return names[position] if position < len(names) else otherwise


def _clause(query: exp.SetOperation) -> str:
    return query.key if query.args.get("distinct") else f"{query.key} all"
