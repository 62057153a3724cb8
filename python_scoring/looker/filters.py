"""Filter expressions of Looker as SQL conditions: the few forms that the project's files use."""

import datetime as dt
import re

from python_scoring.looker.fields import Field, RefusedError

_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_COMPARED = re.compile(r"^(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)$")
_LAST_DAYS = re.compile(r"^(\d+) days?$")
_WILDCARDS = re.compile(r"[%_^]")
_YESNO = {"yes": "{}", "no": "not coalesce({}, false)"}


def condition(field: Field, sql: str, value: str, today: dt.date) -> str:
    """Return the condition of a filter; empty where the filter lets all rows through.

    Args:
        field: What is filtered.
        sql: Its SQL.
        value: The filter expression.
        today: The day that relative expressions end on.

    Raises:
        RefusedError: An expression outside of what is understood here.
    """
    if value == "":
        return ""
    if field.timeframe:
        return _of_day(field, sql, value, today)
    if field.is_measure or field.type == "number":
        return _of_number(field, sql, value)
    if field.type == "yesno":
        if value.lower() not in _YESNO:
            raise _refused(field, value)
        return _YESNO[value.lower()].format(sql)
    return _of_text(field, sql, value)


def _of_day(field: Field, sql: str, value: str, today: dt.date) -> str:
    """`7 days` are the last seven, today included; a day is itself."""
    if field.timeframe != "date":
        raise RefusedError(f"{field.full_name}: filter the date, not the {field.timeframe}")
    if last := _LAST_DAYS.match(value):
        first = today - dt.timedelta(days=int(last[1]) - 1)
        return f"{sql} >= date '{first}' and {sql} <= date '{today}'"
    try:
        return f"{sql} = date '{dt.date.fromisoformat(value)}'"
    except ValueError:
        raise _refused(field, value) from None


def _of_number(field: Field, sql: str, value: str) -> str:
    if value == "NOT NULL":
        return f"{sql} is not null"
    if compared := _COMPARED.match(value):
        return f"{sql} {compared[1]} {compared[2]}"
    numbers = [each.strip() for each in value.split(",")]
    if not all(_NUMBER.match(number) for number in numbers):
        raise _refused(field, value)
    return f"{sql} in ({', '.join(numbers)})"


def _of_text(field: Field, sql: str, value: str) -> str:
    if value == "-NULL":
        return f"{sql} is not null"
    texts = [each.strip() for each in value.split(",")]
    if any(_WILDCARDS.search(text) or text.startswith(("-", '"')) or not text for text in texts):
        raise _refused(field, value)
    quoted = ", ".join("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" for text in texts)
    return f"{sql} in ({quoted})"


def _refused(field: Field, value: str) -> RefusedError:
    return RefusedError(f"{field.full_name}: the filter {value!r} is not understood here")
