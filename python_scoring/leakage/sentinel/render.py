"""The sentinel's report for a terminal and for programs."""

import json
from dataclasses import asdict
from math import isnan
from typing import Any

from python_scoring.leakage.sentinel.run import SentinelReport
from python_scoring.leakage.sentinel.suspicion import Verdict, figure


def render_json(report: SentinelReport) -> str:
    """The whole report as JSON; its keys are the fields of the dataclasses, unknown is null."""
    data = asdict(report)
    data["is_clean"] = report.is_clean
    for verdict, entry in zip(report.verdicts, data["verdicts"], strict=True):
        entry["is_open"] = verdict.is_open
    return json.dumps(_without_nan(data), indent=2)


def render_text(report: SentinelReport) -> str:
    """Suspects with reasons, then the figures of every feature, then the verdict."""
    rate = report.positives / report.rows
    lines = [
        f"{report.source}: {report.rows:,} rows with a label, {report.positives:,} positive "
        f"({rate:.1%}), {len(report.verdicts)} features. Intervals are 99 %.",
        "",
    ]
    for verdict in report.verdicts:
        lines += _suspect(verdict) if verdict.reasons else []
    lines += [*_table(report), ""]
    lines += [f"Not looked at: {name} ({why})" for name, why in report.skipped.items()]
    idle = [v.figures.name for v in report.verdicts if v.acknowledged and not v.reasons]
    lines += [f"Acknowledged without need: {', '.join(idle)}"] if idle else []
    return "\n".join([*lines, summary(report)])


def summary(report: SentinelReport) -> str:
    """The last line: clean, or the names of the suspects."""
    open_names = [verdict.figures.name for verdict in report.verdicts if verdict.is_open]
    if not open_names:
        return "Clean: no suspect that nobody has acknowledged."
    return f"Suspect: {', '.join(open_names)}. Explain each, then --acknowledge NAME=REASON."


def _suspect(verdict: Verdict) -> list[str]:
    head = f"SUSPECT {verdict.figures.name}"
    if verdict.acknowledged is not None:
        head = f"ACKNOWLEDGED {verdict.figures.name}: {verdict.acknowledged}"
    return [head, *(f"  {reason.text}" for reason in verdict.reasons), ""]


def _table(report: SentinelReport) -> list[str]:
    width = max(len(verdict.figures.name) for verdict in report.verdicts)
    dated = report.verdicts[0].figures.same_time is not None
    titles = ["AUC", "information value", "best lift", "share of gain", "no value"]
    lines = ["Among rows of the same time:" if dated else "Over all rows:"]
    lines.append(f"{'':{width}}  " + "".join(f"{title:24}" for title in titles).rstrip())
    for verdict in report.verdicts:
        figures = verdict.figures
        strength = figures.same_time or figures.overall
        shown = [strength.auc, strength.information_value, strength.lift, figures.gain_share]
        cells = "".join(f"{figure(interval):24}" for interval in shown)
        lines.append(f"{figures.name:{width}}  {cells}{figures.missing_share:.0%}")
    return lines


def _without_nan(data: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(data, dict):
        return {key: _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    return None if isinstance(data, float) and isnan(data) else data
