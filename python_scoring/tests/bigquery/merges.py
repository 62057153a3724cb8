"""Carries out a MERGE by queries of the same sense, since ZetaSQL's engine only analyses it."""

import sqlglot
from sqlglot import exp

from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql


def merge(engine: ZetaSql, sql: str, tables: dict[str, Table]) -> int:
    """Change the target's rows, and return how many were updated or inserted.

    Args:
        engine: Runs the queries.
        sql: A MERGE that updates what matches, or inserts what does not; it deletes nothing.
        tables: All tables by name; the target's is replaced.

    """
    statement = sqlglot.parse_one(sql, dialect="bigquery")
    target, source, on = (_sql(statement.args[part]) for part in ("this", "using", "on"))
    kept, name = statement.this.alias, statement.this.name
    table, changed = tables[name], 0
    for when in statement.find_all(exp.When):
        condition = _sql(when.args["condition"]) if when.args.get("condition") else "true"
        then = when.args["then"]
        if isinstance(then, exp.Update):
            new = {_name(each.this): _sql(each.expression) for each in then.expressions}
            hit = f"coalesce({on} and ({condition}), false)"
            values = [
                f"if({hit}, {new[c]}, {kept}.{c})" if c in new else f"{kept}.{c}"
                for c in table.columns
            ]
            query = f"select {', '.join(values)}, {hit} from {target} left join {source} on {on}"
            rows = engine.evaluate(query, tables).rows
            changed += sum(bool(row[-1]) for row in rows)
            tables[name] = Table(table.columns, tuple(row[:-1] for row in rows))
        elif isinstance(then, exp.Insert):
            names = [_name(each) for each in then.this.expressions]
            given = dict(zip(names, map(_sql, then.expression.expressions), strict=True))
            values = [given.get(c, f"cast(null as {kind})") for c, kind in table.columns.items()]
            query = f"select {', '.join(values)} from {source} where not exists"
            query += f" (select 1 from {target} where {on})"
            added = engine.evaluate(query, tables).rows
            changed += len(added)
            tables[name] = Table(table.columns, (*table.rows, *added))
    return changed


def _sql(expression: exp.Expr) -> str:
    text: str = expression.sql(dialect="bigquery")
    return text


def _name(expression: exp.Expr) -> str:
    column: str = expression.name
    return column
