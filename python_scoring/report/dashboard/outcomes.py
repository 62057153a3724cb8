"""What became of published scores, for the page: model health, and the way from contact to call."""

from collections.abc import Iterable
from typing import Any

from python_scoring.features.contract import project_contract
from python_scoring.io.warehouse.current import warehouse
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.proportions import wilson
from python_scoring.monitoring.health import Health, read_health

Data = dict[str, Any]
_MONTHS = """
select months.contact_month, months.population, months.is_ripe, months.ripe_count,
    months.call_count, months.expected_calls, months.call_rate, months.call_rate_low,
    months.call_rate_high, months.auc, months.auc_low, months.auc_high, model_verdicts.verdict
from realised_performance as months
left join model_verdicts
    on months.contact_month = model_verdicts.contact_month
    and months.model_version = model_verdicts.model_version
    and months.population = model_verdicts.population
where months.model_version = ? and months.ripe_count > 0
order by months.contact_month, months.population
"""
_LIFT = """
select contact_month, population, ripe_count, lift, lift_low, lift_high
from realised_bands where model_version = ? and score_decile = 1 and lift is not null
order by contact_month, population
"""
_TENTHS = """
select score_decile as name, sum(ripe_count) as contacts, sum(ripe_count) as ripe,
    sum(call_count) as calls, sum(predicted_rate * ripe_count) as expected
from realised_bands where model_version = ? group by score_decile order by score_decile
"""
_EVIDENCE = """
select ripe_date, direction, log_evidence, log_evidence_limit
from calibration_evidence where model_version = ? and process = 'all'
order by ripe_date, direction
"""
# of those who are scored today, what has drifted first
_FEATURE_DRIFT = """
select sample as people, feature as against, sample_rows, stability_index, stability_limit,
    is_drifted, unseen_share
from feature_drift
where model_version = ? and sample in ('scored leads', 'scored prospects')
order by sample, case when is_drifted then 0 else 1 end, feature
"""
_SCORE_DRIFT = """
select population as people, first_date as against, sample_rows, stability_index,
    stability_limit, is_drifted, unseen_share
from score_drift where model_version = ? order by population
"""
# what the contacts are counted by: a column or expression of scored_contacts, and the words for it
_BY = {
    "tenth": ("score_decile", "Tenth of the ranking"),
    "list": ("population", "List"),
    "owner": ("owner_id", "Owner"),
    "month": (
        "extract(year from contacted_date) * 100 + extract(month from contacted_date)",
        "Month of contact",
    ),
}
_COUNTS = """
select {name} as name, count(*) as contacts, count(case when is_ripe then 1 end) as ripe,
    sum(coalesce(label, 0)) as calls, sum(case when is_ripe then lead_score else 0 end) as expected
from scored_contacts group by {group} order by name
"""


def read_model_health() -> tuple[Health, Data]:
    """Read the verdict, and the figures that stand behind it.

    Returns:
        The health; `months`, `lift` and `tenths`, each with intervals, `evidence` by day, and
        `feature_drift` and `score_drift` of those who are scored.

    Raises:
        WarehouseError: Nothing was published yet.
    """
    health, current = read_health(), warehouse()
    version = [health.model_version]
    return health, {
        "months": [_month(row) for row in current.query(_MONTHS, version).to_pylist()],
        "lift": [_lift(row) for row in current.query(_LIFT, version).to_pylist()],
        "tenths": _with_rates(current.query(_TENTHS, version).to_pylist()),
        "evidence": current.query(_EVIDENCE, version).to_pylist(),
        "feature_drift": _labelled(current.query(_FEATURE_DRIFT, version).to_pylist()),
        "score_drift": current.query(_SCORE_DRIFT, version).to_pylist(),
    }


def read_funnel() -> Data:
    """Read contacts, ripe contacts and calls: in all, and by tenth, list, owner and month.

    Returns:
        `all` with one row or none, and `by`: words and rows of each grouping.
    """
    current = warehouse()
    whole = current.query(_COUNTS.format(name="'all'", group="1 = 1")).to_pylist()
    by = {
        key: {"words": words, "rows": _with_rates(_named(key, expression))}
        for key, (expression, words) in _BY.items()
    }
    return {"all": _with_rates(whole), "by": by}


def _named(key: str, expression: str) -> list[Data]:
    counted = warehouse().query(_COUNTS.format(name=expression, group=expression))
    rows: list[Data] = counted.to_pylist()
    for row in rows:
        if key == "month":
            row["name"] = f"{int(row['name']) // 100}-{int(row['name']) % 100:02d}"
        elif row["name"] is None:
            row["name"] = "unknown"
    return rows


def _with_rates(rows: Iterable[Data]) -> list[Data]:
    """Add the rate that came with its interval, and the one that was said; none of no ripe row."""
    return [_with_rate(row) for row in rows]


def _with_rate(row: Data) -> Data:
    # a sum of whole numbers is a decimal on DuckDB
    ripe, calls = int(row["ripe"]), int(row["calls"])
    counts = {"contacts": int(row["contacts"]), "ripe": ripe, "calls": calls}
    rate = wilson(calls, ripe) if ripe else None
    return row | counts | {"rate": rate, "said": row["expected"] / ripe if ripe else None}


def _month(row: Data) -> Data:
    auc = Interval(row["auc"], row["auc_low"], row["auc_high"])
    return row | {
        "rate": Interval(row["call_rate"], row["call_rate_low"], row["call_rate_high"]),
        "said": row["expected_calls"] / row["ripe_count"],
        "auc": auc if row["auc_low"] is not None else None,
    }


def _labelled(rows: Iterable[Data]) -> list[Data]:
    """Add the words for each feature; the name of one that the contract has no more."""
    labels = {feature.name: feature.label for feature in project_contract().features}
    return [row | {"against": labels.get(row["against"], row["against"])} for row in rows]


def _lift(row: Data) -> Data:
    return row | {"lift": Interval(row["lift"], row["lift_low"], row["lift_high"])}
