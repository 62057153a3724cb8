"""What a build made, in words for the person who calls: counts, findings, whom to call first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from python_scoring.explanation.narrative import spoken
from python_scoring.features.contract import project_contract
from python_scoring.io.builds import Build, newest_build
from python_scoring.io.warehouse.current import warehouse

TOP = 10

_COUNTS = "select stage, row_count from build_counts where build_id = ? order by stage_order"
_FINDINGS = """
select source_table, finding, treatment, row_count, example_key from build_findings
where build_id = ?
order by treatment desc, row_count desc, source_table, finding
"""
_DAY = """
select max(score_date) as score_date, any_value(model_version) as model_version,
    any_value(base_rate) as base_rate,
    coalesce(
        max(case when is_golden_cohort then call_priority end)
        < min(case when not is_golden_cohort then call_priority end), true
    ) as golden_first
from lead_scores_daily where score_date = ?
"""
_CALLS = f"""
select call_priority, lead_id, advisor_crd, lead_score, lift_vs_base, score_decile,
    is_golden_cohort, support,
    driver_1_feature, driver_1_value, driver_1_contribution,
    driver_2_feature, driver_2_value, driver_2_contribution,
    driver_3_feature, driver_3_value, driver_3_contribution
from lead_scores_daily
where score_date = ?
    and lead_id not in (select lead_id from call_exclusions where lead_id is not null)
order by call_priority limit {TOP}
"""  # noqa: S608 - the only thing put in is a constant


@dataclass(frozen=True)
class Summary:
    """The newest published day: its build, rows by stage, findings, model and first calls."""

    build: Build
    counts: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    day: dict[str, Any]
    calls: list[dict[str, Any]]


def read_summary() -> Summary:
    """Read the newest published day.

    Raises:
        WarehouseError: No database, or nothing published in it.
    """
    build = newest_build()
    current = warehouse()
    counts, findings = (
        current.query(sql, [build.build_id or ""]).to_pylist() for sql in (_COUNTS, _FINDINGS)
    )
    return Summary(build, counts, findings, *read_day(build.score_date))


def read_day(score_date: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a scored day (date, model, base rate, order) and its first calls, none suppressed.

    Raises:
        WarehouseError: No database, or no build in it.
    """
    current = warehouse()
    calls = current.query(_CALLS, [score_date]).to_pylist()
    return current.query(_DAY, [score_date]).to_pylist()[0], [_with_reasons(call) for call in calls]


def _with_reasons(call: dict[str, Any]) -> dict[str, Any]:
    """Turn the driver columns of a call into three readable reasons."""
    features = {feature.name: feature for feature in project_contract().features}
    reasons = []
    for place in (1, 2, 3):
        name, value, points = (
            call.pop(f"driver_{place}_{part}") for part in ("feature", "value", "contribution")
        )
        if name is None:
            continue
        label = features[name].label if name in features else name
        number = float("nan") if value is None else value
        told = spoken(features[name], number) if name in features else f"{number:g}"
        reasons.append(f"{label}: {told} ({points:+.1f} points)")
    return call | {"reasons": reasons}
