"""The call list of advisors who are not in Salesforce: rows, who was left out, data quality."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from python_scoring.errors import WarehouseError
from python_scoring.io.builds import Build, build_of_day, one_build
from python_scoring.io.warehouse.current import warehouse

_LIST = "select * from prospect_call_list order by list_position limit ?"
_SCORED = "select count(*) as n from prospect_scores where score_date = ?"
_LEFT_OUT = """
select exclusion, count(*) as n from call_exclusions where lead_id is null
group by exclusion order by exclusion
"""
_LEFT_OUT_ONCE = """
select count(distinct prediction_id) as n from call_exclusions where lead_id is null
"""


@dataclass(frozen=True)
class CallList:
    """The best of the day's prospects.

    Args:
        rows: The list, in calling order; it holds personal data.
        build: What published it.
        score_date: The day that was ranked.
        model_version: Version that ranked it.
        base_rate: The usual chance, 0 to 1.
        scored: Active advisors not in Salesforce on that day.
        left_out: How many were left out for each reason; who has two is counted twice.
        callable: Those left out for none.
        shares: Share of the list for which each statement is true, 0 to 1.
    """

    rows: pa.Table
    build: Build
    score_date: date
    model_version: str
    base_rate: float
    scored: int
    left_out: dict[str, int]
    callable: int
    shares: dict[str, float]


def read_call_list(limit: int) -> CallList:
    """Read the published list, its first `limit` rows.

    Raises:
        WarehouseError: No database, no build in it, nobody on the list, or a build is published
            meanwhile.
    """
    with one_build("the prospects"):
        return _read_call_list(limit)


def _read_call_list(limit: int) -> CallList:
    current = warehouse()
    rows = current.query(_LIST, [limit])
    if not rows.num_rows:
        raise WarehouseError(
            "Nobody is on the prospect call list.",
            why="Either no prospect is scored on the newest day, or a rule leaves all of them out.",
            where=f"prospect_call_list in {current.place}",
            fix="`lead-scoring summary` counts the prospects and why they were left out.",
        )
    first = rows.slice(0, 1).to_pylist()[0]
    scored = int(_count(_SCORED, first["score_date"]))
    return CallList(
        rows.drop_columns("build_id"),
        build_of_day(first["score_date"]),
        first["score_date"],
        first["model_version"],
        first["base_rate"],
        scored,
        {row["exclusion"]: row["n"] for row in current.query(_LEFT_OUT).to_pylist()},
        scored - _count(_LEFT_OUT_ONCE),
        _shares(rows.to_pandas()),
    )


def _count(sql: str, *parameters: Any) -> int:
    return int(warehouse().query(sql, parameters)["n"][0].as_py())


def _shares(rows: pd.DataFrame) -> dict[str, float]:
    """Measure what a list must have to be worth calling; what is unknown counts as false."""
    statements = {
        "firm's AUM above 0": rows["firm_aum_pit"] > 0,
        "flight risk above 0": rows["flight_risk_score"] > 0,
        "tenure known": rows["current_firm_tenure_months"].notna(),
        "firm's net change known": rows["firm_net_change_12mo"].notna(),
        "familiar to the model": rows["support"] == "familiar",
        "name known": rows["last_name"].notna(),
        "firm's name known": rows["firm_name"].notna(),
    }
    return {words: float(true.mean()) for words, true in statements.items()}
