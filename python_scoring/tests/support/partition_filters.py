"""Finds statements that would read every day of a table whose partition filter is required."""

import sqlglot
from sqlglot import exp

DAY = "score_date"


def unfiltered(sql: str, tables: set[str], dialect: str) -> list[str]:
    """Return the tables that a statement reads or merges into without a condition on the day.

    Args:
        sql: One statement, or several.
        tables: Names, without dataset, of the tables that require the filter.
        dialect: sqlglot's name of the SQL dialect.

    """
    found = []
    for statement in sqlglot.parse(sql, dialect=dialect):
        for table in statement.find_all(exp.Table) if statement else ():
            if table.name in tables and _is_unfiltered(table):
                found.append(table.name)
    return found


def _is_unfiltered(table: exp.Table) -> bool:
    if isinstance(table.parent, exp.Merge):
        whens = [when for when in table.parent.find_all(exp.When) if when.args.get("source")]
        return not whens or not all(_names_day(when.args.get("condition")) for when in whens)
    if isinstance(table.parent, exp.Delete | exp.Update):
        return not _names_day(table.parent.args.get("where"))
    if isinstance(table.parent, exp.From | exp.Join):
        select = table.find_ancestor(exp.Select)
        return select is None or not _names_day(select.args.get("where"))
    return False  # the table that is created, altered or dropped


def _names_day(condition: exp.Expression | None) -> bool:
    return condition is not None and any(
        column.name.lower() == DAY for column in condition.find_all(exp.Column)
    )
