"""The report of an audit for a terminal."""

from collections.abc import Iterable

from python_scoring.leakage.lineage.findings import (
    FeatureLineage,
    Finding,
    Report,
    SourceColumn,
    Step,
    Unfollowed,
)
from python_scoring.leakage.lineage.graph import Influence
from python_scoring.leakage.lineage.rules import KINDS


def render_text(report: Report) -> str:
    """All of the report: findings first, then what each feature is made of, then the verdict."""
    blocks = [_heading(report)]
    blocks += [_finding(number, each) for number, each in enumerate(report.findings, start=1)]
    blocks += [_unfollowed(each) for each in report.unfollowed]
    blocks += [_features(report.features)] if report.features else []
    blocks += [_accepted(report)] if report.accepted else []
    blocks += [_list("Believed without proof:", report.trusted)] if report.trusted else []
    return "\n\n".join([*blocks, verdict(report)])


def verdict(report: Report) -> str:
    """The last line: clean, or how much is wrong."""
    if report.is_clean:
        return f"Clean: no forbidden column influences any of {len(report.features)} features."
    touched = {name for finding in report.findings for name in finding.features}
    leaks = f"{len(report.findings)} ways in for forbidden columns, to {len(touched)} features"
    return f"Not clean: {leaks}; {len(report.unfollowed)} places could not be followed."


def path_line(step: Step) -> str:
    """One step of a path: what is influenced, by which clause, where."""
    target = f"{step.relation}.{step.column}" if step.column else f"{step.relation} (its rows)"
    place = f"{step.file}:{step.line}" if step.line else step.file
    return f"-> {target}\n       {step.clause}, {place}: {step.text}"


def _heading(report: Report) -> str:
    units = "1 file" if report.models == 1 else f"{report.models} models"
    counts = f"{len(report.features)} columns, {units}, {report.dialect}"
    return f"Lineage of {report.subject}: {counts}"


def _finding(number: int, finding: Finding) -> str:
    does = "is read by" if finding.influence is Influence.VALUE else "decides the rows of"
    whom = ", ".join(finding.features)
    count = "1 feature" if len(finding.features) == 1 else f"{len(finding.features)} features"
    lines = [
        f"LEAK {number}: {finding.source_column} {does} {count}",
        f"  Why: {KINDS[finding.forbidden]} ({finding.forbidden}).",
        f"  Features: {whom}",
        f"  Path: {finding.source_column}",
    ]
    return "\n".join([*lines, *(f"    {path_line(step)}" for step in finding.path)])


def _unfollowed(each: Unfollowed) -> str:
    place = f"{each.file}:{each.line}" if each.line else each.file
    lines = [f"NOT FOLLOWED: {each.what}", f"  Where: {place}  {each.text}".rstrip()]
    return "\n".join([*lines, f"  Fix: {each.fix}"])


def _features(features: Iterable[FeatureLineage]) -> str:
    """Each feature; what decides the rows of all of them is printed once."""
    every = list(features)
    common = set.intersection(*(_names(each.rows) | _names(each.values) for each in every))
    shared = [column for column in every[0].rows + every[0].values if _name(column) in common]
    lines = []
    if len(every) > 1:
        lines.append("Behind every column (values or rows): " + _join(shared))
    for each in every:
        rows = [column for column in each.rows if len(every) == 1 or _name(column) not in common]
        lines += [
            each.name,
            f"    reads:      {_join(each.values)}",
            f"    rows by:    {_join(rows)}",
        ]
    return "\n".join(lines)


def _accepted(report: Report) -> str:
    lines = ["Accepted exceptions (they may decide rows in one model, never a value):"]
    for each in report.accepted:
        place = f"{each.path[-1].file}:{each.path[-1].line}" if each.path else "NOT NEEDED, remove"
        lines += [f"  {each.source_column} in {each.model} ({place})", f"    {each.reason}"]
    return "\n".join(lines)


def _list(title: str, entries: Iterable[str]) -> str:
    return "\n".join([title, *(f"  {entry}" for entry in entries)])


def _name(column: SourceColumn) -> str:
    return f"{column.name} [{column.forbidden}]" if column.forbidden else column.name


def _names(columns: Iterable[SourceColumn]) -> set[str]:
    return {_name(column) for column in columns}


def _join(columns: Iterable[SourceColumn]) -> str:
    return ", ".join(_name(column) for column in columns) or "-"
