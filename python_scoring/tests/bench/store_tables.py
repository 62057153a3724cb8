"""What both feature stores of `make bench` are given and asked, and whether they answer right.

A feature store makes no features: it is given our own running figures of each advisor and firm as
its tables, and joins them to leads whose firm is known already. So it is spared the checks, the
careers, the moves and the head counts.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

# A lead asks a second after what its day brings: which of two events at one moment comes first,
# Kaskada decides anew in each run. Of a career's steps on one day the last one counts, as in
# int_firm_at_day.
TABLES = {
    "asked": "select prediction_id, advisor_crd as advisor, firm_crd as firm,"
    " as_of_date::timestamp + interval 1 second as event_timestamp"
    " from int_prediction_spine join int_firm_at_day using (advisor_crd, as_of_date)"
    " where firm_crd is not null",
    "career": "select advisor_crd as advisor, first_known_date::timestamp as known,"
    " firm_crd as at_firm, prior_firm_count from int_careers where superseded_date is null"
    " and next_known_date is distinct from first_known_date",
    "headcount": "select firm_crd as firm, changed_date::timestamp as known, known_headcount"
    " from int_firm_headcounts",
    "assets": "select firm_crd as firm, known_date::timestamp as known, total_aum_usd"
    " from int_firm_months where superseded_date is null",
}
# of each table: its key, and what is asked of it
COLUMNS: dict[str, tuple[str, dict[str, type]]] = {
    "career": ("advisor", {"at_firm": int, "prior_firm_count": int}),
    "headcount": ("firm", {"known_headcount": int}),
    "assets": ("firm", {"total_aum_usd": float}),
}

# takes the folder of the tables; what it returns gives the answer, of Arrow or pandas, and is timed
Store = Callable[[Path], Callable[[], Any]]


def time_store(store: Store) -> None:
    """Print one JSON line for the database of the command line: leads, seconds.

    With --check also how many leads differ from DuckDB's own as-of join. That is for once: the
    check's memory and CPU time would be taken for the store's.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _write(asked.database, folder)
        answered = store(folder)
        began = time.perf_counter()
        answer = answered()
        told = {"leads": len(answer), "seconds": time.perf_counter() - began}
        if asked.check:
            told["differing"] = _differing(folder, answer)
    sys.stdout.write(json.dumps(told) + "\n")


def _write(database: str, folder: Path) -> None:
    """Write each table as Parquet."""
    with duckdb.connect(database, read_only=True) as connection:
        for name, query in TABLES.items():
            connection.sql(query).write_parquet(str(folder / f"{name}.parquet"))


def _differing(folder: Path, answer: Any) -> int:
    """Count the leads that are missing, answered more than once, or with another value."""
    columns = [f"{view}.{name}" for view, (_, names) in COLUMNS.items() for name in names]
    joins = [
        f"asof left join '{folder}/{view}.parquet' as {view}"
        f" on asked.{key} = {view}.{key} and asked.event_timestamp >= {view}.known"
        for view, (key, _) in COLUMNS.items()
    ]
    names = ", ".join(column.partition(".")[2] for column in columns)
    with duckdb.connect() as connection:
        connection.register("answer", answer)
        (found,) = connection.sql(
            f"""
            with expected as (
                select prediction_id, {", ".join(columns)}
                from '{folder}/asked.parquet' as asked {" ".join(joins)}
            )
            select count(distinct prediction_id) from (
                (from expected except all select prediction_id, {names} from answer)
                union all
                (select prediction_id, {names} from answer except all from expected)
            )
            """
        ).fetchall()
    return int(found[0])
