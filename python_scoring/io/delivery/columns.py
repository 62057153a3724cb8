"""A delivered column as its declared type, provided that no value is lost or changed by it.

Moments follow one rule: what carries a time zone is converted to UTC, what carries none is UTC; a
date is the day of that moment. Where that changed what was written, it is reported.
"""

from dataclasses import dataclass

from python_scoring.io.delivery.contract import Column
from python_scoring.io.delivery.sql_text import identifier

_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_AS_DELIVERED = {
    "bigint": _INTEGERS,
    "double": _INTEGERS | {"FLOAT", "DOUBLE", "UBIGINT", "HUGEINT"},
    "date": {"DATE"},
    "timestamp": {"DATE"},
    "boolean": {"BOOLEAN"},
    "string": _INTEGERS | {"VARCHAR"},
}
# a time zone behind a time of day: Z, an offset, or a name
_ZONE = r"[0-9]:[0-9.:]+ *([Zz]|[+-][0-9]{2}(:?[0-9]{2}){0,2}|[A-Za-z]+[A-Za-z0-9/_+-]*)$"
_UTC = r"([Zz]|[+-]00(:?00){0,2}|UTC|GMT|Etc/UTC)$"
_DAY_FIRST = "^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][^(]*)?$"
_TIME_OF_DAY = "[ T][0-9:.]*[1-9]"


@dataclass(frozen=True)
class Reading:
    """How a column is read.

    Args:
        delivered_type: DuckDB's type of it.
        expression: SQL that makes the declared type of the delivered column.
        misfit: SQL condition: this value cannot be read as the declared type.
        changes: What may be reported of a value: words, and the SQL condition for it.
    """

    delivered_type: str
    expression: str
    misfit: str = "false"
    changes: tuple[tuple[str, str], ...] = ()


def read_column(column: Column, delivered_as: str, delivered_type: str) -> Reading:
    """Decide how to read a column.

    Args:
        column: What is wanted.
        delivered_as: Name in the file.
        delivered_type: DuckDB's type of it.
    """
    name = identifier(delivered_as)
    kind = column.data_type
    if delivered_type.startswith("TIMESTAMP") and kind in ("date", "timestamp"):
        return _moment(column, name, delivered_type)
    if delivered_type in _AS_DELIVERED[kind] or (
        delivered_type.startswith("DECIMAL") and kind == "double"
    ):
        return Reading(delivered_type, f"cast({name} as {kind})")
    # casting through text keeps '12.7' from becoming 13; an empty CSV cell is a null
    text = f"nullif(trim(cast({name} as varchar)), '')"
    if kind in ("date", "timestamp"):
        return _written_moment(column, text, delivered_type)
    if kind == "bigint":
        text = f"regexp_replace({text}, '[.]0+$', '')"
    misfit = f"({text} is not null and try_cast({text} as {kind}) is null)"
    if kind == "bigint":
        misfit = f"({misfit} or regexp_full_match({text}, '-?[0-9]+') is false)"
    return Reading(delivered_type, f"try_cast({text} as {kind})", misfit)


def _moment(column: Column, name: str, delivered_type: str) -> Reading:
    """A column of moments; DuckDB holds those with a zone in UTC."""
    is_zoned = "ZONE" in delivered_type or delivered_type.startswith("TIMESTAMPTZ")
    utc = f"({name} at time zone 'UTC')" if is_zoned else name
    expression = f"cast({utc} as {column.data_type})"
    if column.data_type == "timestamp":
        return Reading(delivered_type, expression)
    words = "is a moment with a time zone" if is_zoned else "carries a time of day"
    changed = f"({utc} is not null and cast({utc} as time) != time '00:00:00')"
    return Reading(delivered_type, expression, changes=((_cut(column, words, is_zoned), changed),))


def _written_moment(column: Column, text: str, delivered_type: str) -> Reading:
    """A moment written as text."""
    zoned = f"regexp_matches({text}, '{_ZONE}')"
    moment = (
        f"case when {zoned} then try_cast({text} as timestamptz) at time zone 'UTC' "
        f"else try_cast({text} as timestamp) end"
    )
    misfit = (
        f"({text} is not null and "
        f"(regexp_matches({text}, '{_DAY_FIRST}') is false or ({moment}) is null))"
    )
    is_elsewhere = f"({zoned} and not regexp_matches({text}, '{_UTC}'))"
    changes = [(_cut(column, "carries a time zone", is_zoned=True), is_elsewhere)]
    if column.data_type == "date":
        has_time = f"(regexp_matches({text}, '{_TIME_OF_DAY}') and not {is_elsewhere})"
        changes.append((_cut(column, "carries a time of day", is_zoned=False), has_time))
    return Reading(delivered_type, f"cast({moment} as {column.data_type})", misfit, tuple(changes))


def _cut(column: Column, words: str, is_zoned: bool) -> str:
    done = ["converted to UTC"] if is_zoned else []
    done += ["cut to its day"] if column.data_type == "date" else []
    return f"{column.name} {words} ({', then '.join(done)})"
