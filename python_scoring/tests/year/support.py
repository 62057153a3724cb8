"""Whether what was promised of familiar people came, and of unfamiliar ones, before the break."""

from pathlib import Path
from typing import Any

import duckdb

from python_scoring.tests.year.weeks import compiled
from python_scoring.tests.year.world import BREAK, START

MODELS = ("support_cuts", "subject_support")
_FIGURES = """
select {what} as part, s.support, count(*) as contacts, sum(c.lead_score) as expected,
    sum(c.label) as came
from whole_contacts as c join subject_support as s on s.prediction_id = 'lead:' || c.lead_id
where c.contacted_date >= $start and c.contacted_date < $end and {condition}
group by all order by all
"""


def by_support(connection: duckdb.DuckDBPyConnection, manifest: Path) -> list[tuple[Any, ...]]:
    """Contacts, expected calls and calls, by familiar or not: of all, veterans, the best tenth."""
    connection.execute("delete from lead_scoring_features; delete from lead_training_set")
    connection.execute("insert into lead_training_set by name from whole_leads")
    # each contact becomes a subject of the day
    held, wanted = (
        [row[0] for row in connection.execute(f"describe {table}").fetchall()]
        for table in ("whole_leads", "lead_scoring_features")
    )
    shared = ", ".join(name for name in held if name in wanted)
    connection.execute(
        f"insert into lead_scoring_features by name select {shared} from whole_leads"
    )
    for name, code in compiled(manifest, MODELS).items():
        connection.execute(f"delete from {name}; insert into {name} by name {code}")
    days = {"start": START, "end": BREAK}
    parts = (("everybody", "true"), ("veterans", "is_veteran"), ("best tenth", "score_decile = 1"))
    return [
        row
        for what, condition in parts
        for row in connection.execute(
            _FIGURES.format(what=f"'{what}'", condition=condition), days
        ).fetchall()
    ]
