"""Functions that read more than their arguments."""

from functools import cache

import duckdb
from sqlglot import exp

RUNTIME_TABLE = "runtime"

_CLOCKS = (
    exp.CurrentDate,
    exp.CurrentDatetime,
    exp.CurrentTime,
    exp.CurrentTimestamp,
    exp.CurrentTimestampLTZ,
    exp.Localtime,
    exp.Localtimestamp,
)
_DICE = (exp.Rand, exp.Randn, exp.Uuid)
_CLOCK_NAMES = frozenset(
    [
        "now",
        "today",
        "get_current_timestamp",
        "get_current_time",
        "transaction_timestamp",
        "current_localtime",
        "current_localtimestamp",
    ]
)
_DICE_NAMES = frozenset(["random", "gen_random_uuid", "uuidv4", "uuidv7", "generate_uuid"])
_BIGQUERY_NAMESPACES = frozenset(["safe", "net", "hll_count", "kll_quantiles", "keys", "aead"])


def runtime_column(expression: exp.Expr) -> str | None:
    """`clock` or `dice` where the result depends on the time or on chance."""
    name = expression.name.lower() if isinstance(expression, exp.Anonymous) else ""
    if isinstance(expression, _CLOCKS) or name in _CLOCK_NAMES:
        return "clock"
    if isinstance(expression, _DICE) or name in _DICE_NAMES:
        return "dice"
    return None


def unknown_function(expression: exp.Expr, dialect: str) -> str | None:
    """The name of a function that is not built in, and so may read any table."""
    if isinstance(expression, exp.Dot) and isinstance(expression.expression, exp.Func):
        namespace = expression.this.name.lower()
        is_built_in = dialect == "bigquery" and namespace in _BIGQUERY_NAMESPACES
        return None if is_built_in else expression.sql(dialect).split("(")[0]
    if dialect == "duckdb" and isinstance(expression, exp.Anonymous):
        return None if expression.name.lower() in _duckdb_functions() else expression.name
    return None


@cache
def _duckdb_functions() -> frozenset[str]:
    """Names of all functions that DuckDB itself brings.

    BigQuery's own functions have no dot in their names, and those that a user makes always have one
    (temporary ones are made by a statement, which is a finding of its own); so it needs no list.
    """
    query = "select distinct lower(function_name) from duckdb_functions() where internal"
    with duckdb.connect() as connection:
        return frozenset(name for (name,) in connection.execute(query).fetchall())
