"""What a build made, in words for the person who calls: counts, findings, whom to call first."""

from dataclasses import dataclass
from typing import Any

import duckdb

from python_scoring.errors import WarehouseError
from python_scoring.feature_contract import project_contract
from python_scoring.narrative import spoken
from python_scoring.warehouse import database_path

TOP = 10

_COUNTS = "select stage, row_count from pipeline_counts order by stage_order"
_FINDINGS = """
select source_table, finding, treatment, row_count, example_key from data_quality_findings
order by treatment desc, row_count desc, source_table, finding
"""
_DAY = """
select max(score_date), any_value(model_version), any_value(base_rate)
from lead_scores_daily where score_date = (select max(score_date) from lead_scores_daily)
"""
_CALLS = f"""
select call_priority, lead_id, advisor_crd, lead_score, lift_vs_base, score_decile,
    is_golden_cohort,
    driver_1_feature, driver_1_value, driver_1_contribution,
    driver_2_feature, driver_2_value, driver_2_contribution,
    driver_3_feature, driver_3_value, driver_3_contribution
from lead_scores_daily where score_date = (select max(score_date) from lead_scores_daily)
order by call_priority limit {TOP}
"""  # noqa: S608 - the only thing put in is a constant


@dataclass(frozen=True)
class Summary:
    """The last build: rows by stage, findings, the day's model and its first calls."""

    counts: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    day: dict[str, Any]
    calls: list[dict[str, Any]]


def read_summary() -> Summary:
    """Read the relations of the last build from the DuckDB file.

    Raises:
        WarehouseError: No database, or no build in it.
    """
    path = database_path()
    fix = "Run `make build`, or name the right file in LEAD_SCORING_DB."
    if not path.is_file():
        raise WarehouseError(f"There is no database {path.name}.", where=str(path), fix=fix)
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            counts = _rows(connection, _COUNTS)
            findings = _rows(connection, _FINDINGS)
            day_values = connection.execute(_DAY).fetchall()[0]
            calls = _rows(connection, _CALLS)
    except duckdb.Error as error:
        what = f"{path.name} holds no finished build: {str(error).splitlines()[0]}"
        raise WarehouseError(what, where=str(path), fix=fix) from error
    day = dict(zip(("score_date", "model_version", "base_rate"), day_values, strict=True))
    return Summary(counts, findings, day, [_with_reasons(call) for call in calls])


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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


def as_text(summary: Summary) -> str:
    """Return the summary as a page for the terminal."""
    lines = ["Rows by stage"]
    lines += [f"  {count['row_count']:>10,}  {count['stage']}" for count in summary.counts]
    lines += ["", "Data-quality findings (left out: see rejected_source_rows)"]
    lines += [
        f"  {row['row_count']:>10,}  {row['treatment']:<8}  {row['source_table']}: {row['finding']}"
        for row in summary.findings
    ] or ["        none"]
    return "\n".join([*lines, "", *_call_lines(summary)])


def _call_lines(summary: Summary) -> list[str]:
    if not summary.calls:
        return ["No open lead on any scored day; prospect_scores ranks other advisors."]
    day = summary.day
    lines = [
        f"The {len(summary.calls)} advisors to call first, as of {day['score_date']} "
        f"(model {day['model_version']}; usual chance {100 * day['base_rate']:.1f} %)",
        "  golden cohort first (mobile advisor, bleeding firm), then score; "
        "points are percentage points of the chance",
    ]
    for call in summary.calls:
        golden = "golden" if call["is_golden_cohort"] else ""
        lines.append(
            f"  {call['call_priority']:>3}. advisor {call['advisor_crd'] or 'unknown':<10} "
            f"lead {call['lead_id']}  {100 * call['lead_score']:>5.1f} %  "
            f"{call['lift_vs_base']:.1f} times the usual  {golden}".rstrip()
        )
        lines += [f"         {reason}" for reason in call["reasons"]]
    return lines
