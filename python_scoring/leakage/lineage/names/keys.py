"""Which column sets identify a row: a left join to such a relation neither drops nor doubles rows.

Without this, every feature of a wide table would seem to depend on the rows of every table that was
ever joined to it, and nobody would read the report. Only what the SQL itself proves counts as a key
(grouping, distinct, `row_number() = 1`, one row per aggregate), and what a dbt test promises.
"""

from sqlglot import exp

from python_scoring.leakage.lineage.names.relations import Relation
from python_scoring.leakage.lineage.names.scopes import Scope

Outputs = list[tuple[str, exp.Expr]]


def keys_of_select(
    select: exp.Select, outputs: Outputs, scope: Scope, *, hidden: bool
) -> set[frozenset[str]]:
    """Keys of what a select returns.

    Args:
        select: The query block.
        outputs: Name and expression of each output column; stars are already expanded.
        scope: Its tables, with their own keys.
        hidden: Whether a star passes on columns whose names are not known: then neither all
            columns nor the position of one can be told.
    """
    if any(output.find(exp.Explode, exp.Unnest) for _, output in outputs):
        return set()
    keys = {_ranked(condition, outputs, scope) for condition in _conditions(select)}
    if (distinct := select.args.get("distinct")) is not None:
        on = distinct.args.get("on")
        every = None if hidden else frozenset(name.lower() for name, _ in outputs)
        keys.add(_named(on.expressions, outputs, hidden=hidden) if on else every)
    if select.args.get("group") is not None:
        keys.add(_group_key(select.args["group"], outputs, hidden=hidden))
    elif _is_one_row(outputs):
        keys.add(frozenset())
    else:
        keys |= _inherited(select, outputs, scope)
    return {key for key in keys if key is not None}


def partition_of(expression: exp.Expr, outputs: Outputs) -> frozenset[str] | None:
    """For `row_number() over (partition by ..)`, the output names of its partition."""
    if isinstance(expression, exp.Alias):
        expression = expression.this
    if not isinstance(expression, exp.Window) or not isinstance(expression.this, exp.RowNumber):
        return None
    if expression.args.get("alias") is not None:
        return None  # a named window's partition stands elsewhere
    return _named(expression.args.get("partition_by") or [], outputs)


def equated_columns(join: exp.Join, alias: str, relation: Relation) -> frozenset[str]:
    """Columns of the joined relation that the condition equates with something outside it."""
    if join.args.get("using"):
        return frozenset(identifier.name.lower() for identifier in join.args["using"])
    found = set()
    for condition in _conjuncts(join.args.get("on")):
        if isinstance(condition, exp.EQ | exp.NullSafeEQ):
            for side, other in (
                (condition.this, condition.expression),
                (condition.expression, condition.this),
            ):
                if _is_of(side, alias, relation) and not _mentions(other, alias, relation):
                    found.add(side.name.lower())
    return frozenset(found)


def _is_of(expression: exp.Expr, alias: str, relation: Relation) -> bool:
    if not isinstance(expression, exp.Column):
        return False
    table: str = expression.table.lower()
    return table == alias or (not table and relation.knows(expression.name))


def _mentions(expression: exp.Expr, alias: str, relation: Relation) -> bool:
    if expression.find(exp.Query) is not None:
        return True
    columns: list[exp.Column] = list(expression.find_all(exp.Column))
    return any(
        column.table.lower() == alias or (not column.table and relation.may_have(column.name))
        for column in columns
    )


def _conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    if condition is None:
        return []
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition.unnest()]


def _conditions(select: exp.Select) -> list[exp.Expr]:
    clauses = [select.args.get("where"), select.args.get("qualify")]
    return [part for clause in clauses if clause is not None for part in _conjuncts(clause.this)]


def _ranked(condition: exp.Expr, outputs: Outputs, scope: Scope) -> frozenset[str] | None:
    """Key from `row_number() over (partition by k ..) = 1`, in place or by the column's name."""
    if not isinstance(condition, exp.EQ) or condition.expression.sql() != "1":
        return None
    ranked = condition.this
    if not isinstance(ranked, exp.Column):
        return partition_of(ranked, outputs)
    for name, expression in outputs:
        if name.lower() == ranked.name.lower() and (key := partition_of(expression, outputs)):
            return key
    for alias, relation in scope.sources.items():
        partition = relation.ranks.get(ranked.name.lower())
        if partition is not None and _is_of(ranked, alias, relation):
            is_alone = len(scope.sources) == 1
            return _renamed(partition, alias, relation, outputs) if is_alone else None
    return None


def _named(
    expressions: list[exp.Expr], outputs: Outputs, *, hidden: bool = False
) -> frozenset[str] | None:
    """Output names of the expressions, None unless each of them is an output."""
    names = set()
    for expression in expressions:
        wanted = expression.unnest()
        if isinstance(wanted, exp.Literal) and not wanted.is_string:
            position = int(wanted.name) - 1
            is_known = not hidden and 0 <= position < len(outputs)
            name = outputs[position][0] if is_known else None
        else:
            name = next((n for n, output in outputs if _same(wanted, n, output)), None)
        if name is None:
            return None
        names.add(name.lower())
    return frozenset(names)


def _same(wanted: exp.Expr, name: str, output: exp.Expr) -> bool:
    if output.unalias() == wanted:
        return True
    if not isinstance(wanted, exp.Column) or wanted.name.lower() != name.lower():
        return False
    plain = output.unalias()
    if not isinstance(plain, exp.Column) or plain.name.lower() != wanted.name.lower():
        return False
    return not wanted.table or not plain.table


def _group_key(group: exp.Group, outputs: Outputs, *, hidden: bool) -> frozenset[str] | None:
    if any(group.args.get(part) for part in ("grouping_sets", "cube", "rollup", "totals")):
        return None
    if group.args.get("all"):
        plain = frozenset(name.lower() for name, output in outputs if not is_aggregate(output))
        return None if hidden else plain
    return _named(group.expressions, outputs, hidden=hidden)


def is_aggregate(expression: exp.Expr) -> bool:
    """Whether an output aggregates rows (outside of windows and subqueries)."""
    return any(
        found.find_ancestor(exp.Window, exp.Query) in (None, expression.find_ancestor(exp.Query))
        for found in expression.find_all(exp.AggFunc)
    )


def _is_one_row(outputs: Outputs) -> bool:
    return any(is_aggregate(output) for _, output in outputs)


def _inherited(select: exp.Select, outputs: Outputs, scope: Scope) -> set[frozenset[str] | None]:
    """Keys of the first table, where every other one was joined without adding rows."""
    if not scope.sources:
        return {frozenset()}
    others = list(scope.sources.values())[1:]
    if not all(each.keeps_rows for each in others):
        return set()
    alias, first = next(iter(scope.sources.items()))
    return {_renamed(key, alias, first, outputs) for key in first.keys}


def _renamed(
    key: frozenset[str], alias: str, relation: Relation, outputs: Outputs
) -> frozenset[str] | None:
    """The key under its output names, None when one of its columns is left out."""
    renamed = set()
    for column in key:
        for name, output in outputs:
            plain = output.unalias()
            if plain.name.lower() == column and _is_of(plain, alias, relation):
                renamed.add(name.lower())
                break
        else:
            return None
    return frozenset(renamed)
