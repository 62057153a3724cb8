"""Compares the features of two builds, value by value, over every subject of the common past.

The statements are of the part of SQL that DuckDB and BigQuery share, so the same ones run inside
either; only counts and a few differing rows come back.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from python_scoring.arrivals.registrations import registrations_of
from python_scoring.errors import LeadScoringError
from python_scoring.leakage.replay.late_arrival import LateArrival

EXAMPLES = 3
SOURCE_ROWS = 6
# no engine promises the order in which it adds floats
TOLERANCE = "1e-9"
Select = Callable[[str], pa.Table]


@dataclass(frozen=True)
class Build:
    """Where a build and what it was made of can be read, as quoted names of relations.

    Args:
        features: The feature model.
        contacts: The source ria_contacts_current.
        history: The source contact_registered_employment_history.
        figures: The source Firm_historicals.
        registrations: The model int_registrations.
        firm_months: The model int_firm_months.
    """

    features: str
    contacts: str
    history: str
    figures: str
    registrations: str
    firm_months: str


@dataclass(frozen=True)
class FeatureDifference:
    """How one feature differs.

    Args:
        name: Feature.
        differing: Subjects with another value in the later build.
        examples: For some of them: subject, day, both values, and the source rows behind.

    """

    name: str
    differing: int
    examples: list[dict[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """Outcome of a replay.

    Args:
        before: Day before which subjects are compared.
        compared: Subjects in both builds.
        only_earlier: Subjects of the past that the later build lacks.
        only_later: Subjects of the past that the earlier build lacks.
        features: One entry for each feature, in the order of the contract.
        late: What came late; None where that was not looked for.

    """

    before: dt.date
    compared: int
    only_earlier: int
    only_later: int
    features: list[FeatureDifference]
    late: LateArrival | None = None

    @property
    def equal(self) -> bool:
        """Whether nothing differs and no subject is missing."""
        missing = self.only_earlier + self.only_later
        return not missing and not any(feature.differing for feature in self.features)


def compare_builds(
    select: Select, earlier: Build, later: Build, features: Sequence[str], before: dt.date
) -> Comparison:
    """Compare every feature of every subject whose `as_of_date` lies before a day.

    Floats that differ by less than a billionth of themselves are the same.

    Args:
        select: Runs a select where both builds can be read.
        earlier: Build of the earlier delivery.
        later: Build of the later delivery.
        features: Names of the columns to compare.
        before: Day of the earlier delivery; subjects of that day and later ones are left out.

    Raises:
        LeadScoringError: No subject in common, or a feature that a build lacks or types otherwise.

    """
    floats = _floats(select, earlier, later, features)
    differs = {name: _differs(name, is_float=name in floats) for name in features}
    paired = _paired(earlier, later, features, before)
    counts = select(paired + _counts(differs.values())).to_pylist()[0]
    if not counts["compared"]:
        raise LeadScoringError(
            "The two deliveries have no subject of the past in common; nothing was compared.",
            why="A comparison of nothing would look like a pass.",
            where=f"{counts['only_earlier']} subjects before {before} in the earlier one only, "
            f"{counts['only_later']} in the later one only",
            fix="Give two deliveries of the same sources, or another --before.",
        )
    found = []
    for number, name in enumerate(features):
        examples = []
        if differing := counts[f"differing_{number}"]:
            rows = select(paired + _first(name, differs[name])).to_pylist()
            examples = [_example(select, earlier, later, row) for row in rows]
        found.append(FeatureDifference(name, differing, examples))
    missing = (counts["only_earlier"], counts["only_later"])
    return Comparison(before, counts["compared"], *missing, found)


def _floats(select: Select, earlier: Build, later: Build, features: Sequence[str]) -> set[str]:
    """Return the features that are floats, after checking that both builds type all alike."""
    schemas = [
        select(f"select * from {build.features} where false").schema for build in (earlier, later)
    ]
    types = [dict(zip(schema.names, schema.types, strict=True)) for schema in schemas]
    odd = [
        name
        for name in features
        if types[0].get(name) is None or types[0][name] != types[1].get(name)
    ]
    if odd:
        raise LeadScoringError(
            f"The builds disagree on the columns {', '.join(odd)}.",
            why="Values of different types are not the same feature.",
            where=f"{earlier.features}, {later.features}",
            fix="Build both with the same code.",
        )
    return {name for name in features if pa.types.is_floating(types[0][name])}


def _paired(earlier: Build, later: Build, features: Sequence[str], before: dt.date) -> str:
    """Return the beginning of a statement: the subjects of both builds, side by side."""
    past = "select * from {relation} where as_of_date < date '{before}'"
    values = "".join(
        f", earlier_build.{name} as {name}__earlier, later_build.{name} as {name}__later"
        for name in features
    )
    both = "coalesce(earlier_build.{name}, later_build.{name}) as {name}"
    keys = ", ".join(both.format(name=n) for n in ("prediction_id", "as_of_date", "advisor_crd"))
    return (
        f"with earlier_build as ({past.format(relation=earlier.features, before=before)}),\n"
        f"later_build as ({past.format(relation=later.features, before=before)}),\n"
        f"paired as (\n    select {keys},\n"
        "    earlier_build.prediction_id is not null as in_earlier,"
        " later_build.prediction_id is not null as in_later,"
        f" earlier_build.firm_crd as firm_earlier, later_build.firm_crd as firm_later{values}\n"
        "    from earlier_build full join later_build"
        " on earlier_build.prediction_id = later_build.prediction_id\n)\n"
    )


def _differs(name: str, *, is_float: bool) -> str:
    one, other = f"{name}__earlier", f"{name}__later"
    differs = f"in_earlier and in_later and {one} is distinct from {other}"
    if not is_float:
        return differs
    near = f"abs({one} - {other}) <= {TOLERANCE} * greatest(abs({one}), abs({other}))"
    return f"{differs} and not coalesce({near}, false)"


def _counts(differs: Iterable[str]) -> str:
    wanted = {
        "compared": "in_earlier and in_later",
        "only_earlier": "not in_later",
        "only_later": "not in_earlier",
    } | {f"differing_{number}": condition for number, condition in enumerate(differs)}
    counted = (f"count(case when {what} then 1 end) as {name}" for name, what in wanted.items())
    return f"select {', '.join(counted)} from paired"


def _first(name: str, differs: str) -> str:
    return (
        "select prediction_id, as_of_date, advisor_crd, firm_earlier, firm_later,"
        f" {name}__earlier as value_earlier, {name}__later as value_later"
        f" from paired where {differs} order by prediction_id limit {EXAMPLES}"
    )


def _example(select: Select, earlier: Build, later: Build, row: dict[str, Any]) -> dict[str, Any]:
    firms = {row["firm_earlier"], row["firm_later"]} - {None}
    rows = _source_rows(earlier, later, row["as_of_date"], row["advisor_crd"], sorted(firms))
    return {
        "prediction_id": row["prediction_id"],
        "as_of_date": row["as_of_date"],
        "earlier": row["value_earlier"],
        "later": row["value_later"],
        "source_rows": select(rows).to_pylist(),
    }


def _source_rows(
    earlier: Build, later: Build, as_of_date: dt.date, advisor: int | None, firms: list[int]
) -> str:
    """Return a select of registrations behind a subject that only one delivery holds.

    The advisor's own rows come first, then those of the advisor's firms that had begun by the day.
    """
    own = f"advisor = {int(advisor)}" if advisor is not None else "false"
    listed = ", ".join(str(int(firm)) for firm in firms)
    at_firms = f"firm in ({listed}) and started <= date '{as_of_date}'" if firms else "false"
    sides = (
        f"select *, {sign} as side from ({registrations_of(build.contacts, build.history)})"
        for build, sign in ((earlier, 1), (later, -1))
    )
    rows = "\nunion all\n".join(sides)
    return (
        "select case when sum(side) > 0 then 'earlier' else 'later' end as only_in,"
        f" advisor, firm, started, ended, source_table from (\n{rows}\n) as registrations"
        f"\nwhere started is not null and ({own} or ({at_firms}))"
        "\ngroup by advisor, firm, started, ended, source_table having sum(side) <> 0"
        f"\norder by case when {own} then 0 else 1 end, started, firm, advisor, only_in,"
        f" source_table limit {SOURCE_ROWS}"
    )
