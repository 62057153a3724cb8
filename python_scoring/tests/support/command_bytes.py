"""What each command would read on BigQuery: its statements as sent, their columns at their sizes.

python -m python_scoring.tests.support.command_bytes --database demo.duckdb --manifest \
    target/manifest.json --leads 73600 --subjects 583711
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import duckdb
import sqlglot
from click.testing import CliRunner
from sqlglot import exp

from python_scoring.cli.main import main as lead_scoring
from python_scoring.dataset.read import read_training_set
from python_scoring.io.database.bigquery_bytes import (
    LEAST_BYTES_OF_A_TABLE,
    bare,
    column_bytes,
    columns_read,
    schema_of,
)
from python_scoring.io.warehouse.duckdb import DuckDb
from python_scoring.report.hypotheses import read_hypotheses

COMMANDS = [["summary"], ["prospects"], ["sync", "salesforce"]]
# grow with the prospects; all others grow with the leads
_OF_PROSPECTS = {"prospect_scores"}
_OF_BOTH = {"scored_features", "call_exclusions"}
# the same however large the delivery
_FIXED = {"builds", "build_counts", "build_findings", "prospect_call_list", "hypothesis_evidence"}


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Keep every statement that is sent to DuckDB in the block."""
    sent: list[str] = []
    query, stream = DuckDb.query, DuckDb.stream

    def note(self: DuckDb, sql: str, parameters: Any = ()) -> Any:
        sent.append(sql)
        return query(self, sql, parameters)

    def note_stream(self: DuckDb, sql: str) -> Any:
        sent.append(sql)
        return stream(self, sql)

    with patch.object(DuckDb, "query", note), patch.object(DuckDb, "stream", note_stream):
        yield sent


class Sizes:
    """Bytes of each column of a build, enlarged to as many leads and subjects.

    Args:
        database: DuckDB file of a build of one day.
        manifest: dbt's, with the SQL of the views.
        leads: Leads of the delivery.
        subjects: Subjects scored on a day.

    """

    def __init__(self, database: Path, manifest: Path, leads: int, subjects: int) -> None:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
        self._views: dict[str, Any] = {
            n["alias"]: bare(sqlglot.parse_one(n["compiled_code"], dialect="duckdb"))
            for n in nodes
            if n["resource_type"] == "model" and n["config"]["materialized"] == "view"
        }
        with duckdb.connect(str(database), read_only=True) as connection:
            self._schema = {
                name: columns
                for name, columns in schema_of(connection).items()
                if name not in self._views
            }
            self._bytes = {n: column_bytes(connection, n, c) for n, c in self._schema.items()}
            self._factors = _factors(connection, leads, subjects)

    def read_by(self, sql: str) -> Mapping[str, int]:
        """Bytes that a statement reads of each table."""
        statement = exp.expand(
            bare(sqlglot.parse_one(sql, dialect="duckdb")), self._views, dialect="duckdb"
        )
        columns = columns_read(statement, dict(self._schema))
        return {t: self._of(t, names) for t, names in columns.items()}

    def _of(self, table: str, columns: set[str]) -> int:
        read = sum(self._bytes[table][column] for column in columns)
        if table in _FIXED:
            return read
        kind = "both" if table in _OF_BOTH else "prospects" if table in _OF_PROSPECTS else "leads"
        return round(read * self._factors[kind])


def _factors(connection: duckdb.DuckDBPyConnection, leads: int, subjects: int) -> dict[str, float]:
    [(all_leads, scored, prospects)] = connection.execute(
        "select (select count(*) from int_leads_checked), (select count(*) from lead_scores_daily),"
        " (select count(*) from prospect_scores)"
    ).fetchall()
    by_leads = leads / all_leads
    found = {"leads": by_leads, "prospects": (subjects - scored * by_leads) / prospects}
    return found | {"both": subjects / (scored + prospects)}


@click.command()
@click.option("--database", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--manifest", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--leads", default=73_600, show_default=True)
@click.option("--subjects", default=583_711, show_default=True)
def main(database: Path, manifest: Path, leads: int, subjects: int) -> None:
    """Print a Markdown table: statements of each command, MB read and billed, tables."""
    os.environ["LEAD_SCORING_DB"] = str(database)
    sizes = Sizes(database, manifest, leads, subjects)
    click.echo("| command | statements | MB read | MB billed | most of it |")
    for words in COMMANDS:
        with recorded() as sent:
            done = CliRunner().invoke(lead_scoring, [*words, "--json"])
        if done.exit_code:
            raise click.ClickException(done.output)
        _print(" ".join(words), sent, sizes)
    with recorded() as sent:
        read_training_set()
    _print("train, search, backtest, promote", sent, sizes)
    with recorded() as sent:
        read_training_set()
        read_hypotheses()
    _print("report", sent, sizes)


def _print(name: str, sent: list[str], sizes: Sizes) -> None:
    total: dict[str, int] = {}
    billed = 0
    # the columns of a relation are asked of the API on BigQuery, which costs nothing
    sent = [sql for sql in sent if "information_schema" not in sql]
    for sql in sent:
        for table, size in sizes.read_by(sql).items():
            total[table] = total.get(table, 0) + size
            billed += max(size, LEAST_BYTES_OF_A_TABLE)
    largest = sorted(total, key=lambda table: -total[table])[:3]
    told = ", ".join(f"{table} {total[table] / 1e6:,.1f}" for table in largest)
    read = sum(total.values()) / 1e6
    click.echo(f"| `{name}` | {len(sent)} | {read:,.1f} | {billed / 1e6:,.0f} | {told} |")


if __name__ == "__main__":
    main()
