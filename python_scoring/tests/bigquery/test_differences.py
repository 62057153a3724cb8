"""Each row of the table in docs/reference/engine_differences.md, run on both engines.

A row that no longer differs, or that names a test which is not there, fails.
"""

import datetime as dt
import re
from dataclasses import dataclass

import duckdb
import pytest

from python_scoring.tests.bigquery.zetasql_engine import SqlRefusedError, Value, ZetaSql
from python_scoring.tests.conftest import PROJECT

DOCUMENT = PROJECT / "docs/reference/engine_differences.md"
REFUSED = "refused"


@dataclass(frozen=True)
class Difference:
    """One expression in the words of each engine, and what it gives there."""

    bigquery: str
    duckdb: str
    on_bigquery: Value
    on_duckdb: Value


DIFFERENCES = {
    "days between two instants": Difference(
        "timestamp_diff(timestamp '2024-01-02 00:00:00', timestamp '2024-01-01 23:00:00', day)",
        "date_diff('day', timestamp '2024-01-01 23:00:00', timestamp '2024-01-02 00:00:00')",
        0,
        1,
    ),
    "division by zero": Difference("1 / 0", "1 / 0", REFUSED, float("inf")),
    "decimals in the code": Difference("1 - 0.2 - 0.2 > 0.6", "1 - 0.2 - 0.2 > 0.6", True, False),
    "a fraction in a text, as an integer": Difference(
        "safe_cast('12.7' as int64)", "try_cast('12.7' as bigint)", None, 13
    ),
    "half, as an integer": Difference(
        "cast(cast(2.5 as float64) as int64)", "cast(cast(2.5 as double) as bigint)", 3, 2
    ),
    "rounding to cents": Difference(
        "round(cast(2.675 as float64), 2)", "round(cast(2.675 as double), 2)", 2.67, 2.68
    ),
    "a day plus a month": Difference(
        "date_add(date '2024-01-31', interval 1 month)",
        "date_add(date '2024-01-31', interval 1 month)",
        dt.date(2024, 2, 29),
        dt.datetime(2024, 2, 29),
    ),
    "the day on which a week begins": Difference(
        "date_trunc(date '2024-06-16', week)",
        "cast(date_trunc('week', date '2024-06-16') as date)",
        dt.date(2024, 6, 16),
        dt.date(2024, 6, 10),
    ),
    "number of the weekday": Difference(
        "extract(dayofweek from date '2024-06-16')", "extract(dow from date '2024-06-16')", 1, 0
    ),
    "a float as a text": Difference(
        "cast(cast(1.0 as float64) as string)", "cast(cast(1.0 as double) as varchar)", "1", "1.0"
    ),
    "substr from 0": Difference("substr('abc', 0, 2)", "substr('abc', 0, 2)", "ab", "a"),
    "greatest with a null": Difference("greatest(1, null)", "greatest(1, null)", None, 1),
    "concat with a null": Difference("concat('a', null)", "concat('a', null)", None, "a"),
    "regexp_replace": Difference(
        "regexp_replace('a1b2', r'[^0-9]', '')", "regexp_replace('a1b2', '[^0-9]', '')", "12", "1b2"
    ),
    "trim of tabs and line ends": Difference(
        r"trim('\t x \n')", "trim(chr(9) || ' x ' || chr(10))", "x", "\t x \n"
    ),
    "nulls in ascending order": Difference(
        "(select first_value(x) over (order by x) from unnest([1, null]) as x limit 1)",
        "(select first_value(x) over (order by x) from unnest([1, null]) as t(x) limit 1)",
        None,
        1,
    ),
    "type of a sum of integers": Difference(
        "(select sum(x) from unnest([9223372036854775807, 1]) as x)",
        "(select sum(x) from unnest([9223372036854775807, 1]) as t(x))",
        REFUSED,
        2**63,
    ),
    "MD5 of a text": Difference("length(md5('a'))", "length(md5('a'))", 16, 32),
    "NaN": Difference(
        "cast('nan' as float64) = cast('nan' as float64)",
        "cast('nan' as double) = cast('nan' as double)",
        False,
        True,
    ),
    "count_if": Difference("count_if(true)", "count_if(true)", REFUSED, 1),
    "a cast with two colons": Difference(
        "'2024-01-01'::date", "'2024-01-01'::date", REFUSED, dt.date(2024, 1, 1)
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_the_engines_differ(zetasql: ZetaSql, name: str) -> None:
    difference = DIFFERENCES[name]
    try:
        [[found]] = zetasql.evaluate(f"select {difference.bigquery} as x", {}).rows
    except SqlRefusedError:
        found = REFUSED
    with duckdb.connect() as connection:
        row = connection.execute(f"select {difference.duckdb}").fetchone()
    assert row is not None
    assert (found, row[0]) == (difference.on_bigquery, difference.on_duckdb)


def documented() -> list[list[str]]:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if "|" in line
    ]
    return [row for row in rows[2:] if len(row) == 5]


def test_the_table_and_the_tests_name_the_same_differences() -> None:
    assert [row[0].strip("| ") for row in documented()] == [*DIFFERENCES]


def test_every_test_that_the_table_names_exists() -> None:
    ymls = "".join(p.read_text(encoding="utf-8") for p in (PROJECT / "models").rglob("*.yml"))
    tests = (PROJECT / "python_scoring/tests").rglob("test_*.py")
    python = "".join(path.read_text(encoding="utf-8") for path in tests)
    for row in documented():
        pins = re.findall(r"`(\w+)`", row[4])
        assert pins, row[0]
        for pin in pins:
            assert f"- name: {pin}\n" in ymls or f"def {pin}(" in python, f"{row[0]}: {pin}"
