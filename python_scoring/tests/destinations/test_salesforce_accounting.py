"""For any pattern of failures every row is delivered or pending, never both, never lost."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.destinations.channel import Channel, Record, Verdict
from python_scoring.destinations.delivery import Delivery, deliver, settle_unfinished
from python_scoring.destinations.delivery_log import DeliveryLog
from python_scoring.destinations.salesforce.destination import Salesforce
from python_scoring.destinations.salesforce.fields import read_fields
from python_scoring.destinations.salesforce.org import LOCKED
from python_scoring.errors import DeliveryError
from python_scoring.tests.conftest import Dbt

FIELDS = read_fields()
# a view holds the name of its database: that of the demo's, from which it is taken
DATABASE = "demo.duckdb"
# of a row: taken, locked, refused, without an answer
ROW = st.sampled_from(["taken", "taken", "locked", "refused", "silent"])
# of a batch: goes through; stopped before or after it was applied; process killed there
BATCH = st.sampled_from(["through", "through", "refused", "cut", "killed before", "killed after"])


class Killed(BaseException):
    """The process is gone: nobody catches this."""


class Script:
    """An org that does what was drawn; `remembers` like a Bulk job, or not, like a collection."""

    batch_rows = 3

    def __init__(self, rows: Iterator[str], batches: Iterator[str], remembers: bool) -> None:
        self.send_method = "bulk" if remembers else "collection"
        self.applied: Counter[str] = Counter()
        self._rows, self._batches, self._remembers = rows, batches, remembers
        self._answers: dict[str, list[Verdict]] = {}

    def open(self) -> str:
        return f"batch-{len(self._answers):03}"

    def send(self, batch_id: str, records: Sequence[Record]) -> list[Verdict]:
        self._answers[batch_id] = []
        fate = next(self._batches, "through")
        if fate == "refused":
            raise DeliveryError("refused")
        if fate == "killed before":
            raise Killed
        self._answers[batch_id] = list(self._apply(records))
        if fate == "cut":
            raise DeliveryError("the answer was lost")
        if fate == "killed after":
            raise Killed
        return self._answers[batch_id]

    def _apply(self, records: Sequence[Record]) -> Iterator[Verdict]:
        for record in records:
            fate = next(self._rows, "taken")
            if fate == "taken":
                self.applied[record["Id"]] += 1
            if fate != "silent":
                code = {"taken": None, "locked": LOCKED, "refused": "INVALID"}[fate]
                yield Verdict(record["Id"], code)

    def resume(self, batch_id: str) -> list[Verdict]:
        return self._answers[batch_id] if self._remembers else []


class ScriptedSalesforce(Salesforce):
    """Salesforce, reached by the script alone, and without waiting."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    def channels(self) -> Mapping[str, Channel]:
        return {"bulk": self._script, "collection": self._script}

    def channel_for(self, rows: int) -> Channel:
        return self._script

    def pause(self, seconds: float) -> None:
        pass


@pytest.fixture(scope="module")
def empty_log(demo: Dbt) -> str:
    """Statements that make the log as dbt made it, and its view; for a file of the same name."""
    [(table,)] = demo.rows(
        "select sql from duckdb_tables() where table_name = 'salesforce_delivery_log'"
    )
    [(view,)] = demo.rows(
        "select sql from duckdb_views() where view_name = 'salesforce_unfinished_batches'"
    )
    return f"{table}\n{view}"


def results(database: str) -> dict[tuple[str, str], list[str]]:
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select batch_id, lead_id, list(delivery_result order by delivery_result)"
            " from salesforce_delivery_log group by all"
        ).fetchall()
    return {(batch, lead): told for batch, lead, told in rows}


@given(
    count=st.integers(1, 7),
    rows=st.lists(ROW, max_size=10),
    batches=st.lists(BATCH, max_size=4),
    remembers=st.booleans(),
)
@settings(max_examples=15)
def test_delivered_and_pending_are_everything_and_disjoint(
    empty_log: str, count: int, rows: list[str], batches: list[str], remembers: bool
) -> None:
    script = Script(iter(rows), iter(batches), remembers)
    due = {f"{i:015}" for i in range(count)}
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / DATABASE)
        with duckdb.connect(database) as connection:
            connection.execute(empty_log)
        with patch.dict(os.environ, {"LEAD_SCORING_DB": database}):
            for _ in range(len(batches) + len(rows) + 1):
                done = one_run(script, pending_of(database, due))
                accepted = due - pending_of(database, due)
                assert all(script.applied[lead] for lead in accepted), "delivered, yet never taken"
                check_books(database, done)
                if accepted == due:
                    break
            assert pending_of(database, due) == set(), "runs without faults deliver the rest"
            if remembers and "silent" not in rows:
                assert set(script.applied.values()) == {1}, "a job's result is asked for"


def one_run(script: Script, pending: set[str]) -> Delivery | None:
    """Sync once; None when it was cut."""
    destination = ScriptedSalesforce(script)
    log = DeliveryLog(destination, lambda: None)
    settle_unfinished(log, destination.channels())
    pending = pending_of(os.environ["LEAD_SCORING_DB"], pending)
    empty = dict.fromkeys(field.name for field in FIELDS)
    records = [empty | {"Id": lead_id} for lead_id in sorted(pending)]
    try:
        return deliver(records, destination, log)
    except (DeliveryError, Killed):
        return None


def pending_of(database: str, due: set[str]) -> set[str]:
    return due - {lead for (_, lead), told in results(database).items() if "accepted" in told}


def check_books(database: str, done: Delivery | None) -> None:
    """Each row of each batch was written down as sent, and has one result at most."""
    for told in results(database).values():
        assert told.count("sent") == 1
        assert len(told) == (2 if done else len(told)) <= 2
