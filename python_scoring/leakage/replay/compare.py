"""Compares the features of two builds, value by value, over every subject of the common past."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from python_scoring.errors import LeadScoringError
from python_scoring.leakage.replay.scratch_build import ScratchBuild

EXAMPLES = 3
SOURCE_ROWS = 6


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

    """

    before: dt.date
    compared: int
    only_earlier: int
    only_later: int
    features: list[FeatureDifference]

    @property
    def equal(self) -> bool:
        """Whether nothing differs and no subject is missing."""
        missing = self.only_earlier + self.only_later
        return not missing and not any(feature.differing for feature in self.features)


def compare_builds(
    earlier: ScratchBuild, later: ScratchBuild, features: list[str], before: dt.date
) -> Comparison:
    """Compare every feature of every subject whose `as_of_date` lies before a day.

    Args:
        earlier: Build of the earlier delivery.
        later: Build of the later delivery.
        features: Names of the columns to compare.
        before: Day of the earlier delivery; subjects of that day and later ones are left out.

    Raises:
        LeadScoringError: No subject in common, or a feature that a build lacks or types otherwise.

    """
    with duckdb.connect() as connection:
        earlier.attach(connection, "earlier")
        later.attach(connection, "later")
        _check_types(connection, earlier.model, features)
        connection.execute(_paired(earlier.model, features), {"before": before})
        counts = connection.execute(
            "select count(*) filter (in_earlier and in_later), count(*) filter (not in_later),"
            " count(*) filter (not in_earlier) from paired"
        ).fetchall()[0]
        if not counts[0]:
            raise LeadScoringError(
                "The two deliveries have no subject of the past in common; nothing was compared.",
                why="A comparison of nothing would look like a pass.",
                where=f"{counts[1]} subjects before {before} in the earlier one only, "
                f"{counts[2]} in the later one only",
                fix="Give two deliveries of the same sources, or another --before.",
            )
        differences = [_difference(connection, name) for name in features]
    compared, only_earlier, only_later = counts
    return Comparison(before, compared, only_earlier, only_later, differences)


def _check_types(connection: duckdb.DuckDBPyConnection, model: str, features: list[str]) -> None:
    types = [
        {row[0]: row[1] for row in connection.execute(f"describe {side}.main.{model}").fetchall()}
        for side in ("earlier", "later")
    ]
    odd = [
        name
        for name in features
        if types[0].get(name) is None or types[0][name] != types[1].get(name)
    ]
    if odd:
        raise LeadScoringError(
            f"The builds disagree on the columns {', '.join(odd)}.",
            why="Values of different types are not the same feature.",
            where=model,
            fix="Build both with the same code.",
        )


def _paired(model: str, features: list[str]) -> str:
    pairs = ", ".join(
        f'earlier."{name}" as "{name}__earlier", later."{name}" as "{name}__later"'
        for name in features
    )
    past = "(select * from {side}.main.{model} where as_of_date < $before)"
    return (
        "create temp table paired as select prediction_id,"
        " coalesce(earlier.as_of_date, later.as_of_date) as as_of_date,"
        " coalesce(earlier.advisor_crd, later.advisor_crd) as advisor_crd,"
        " earlier.as_of_date is not null as in_earlier, later.as_of_date is not null as in_later,"
        f" earlier.firm_crd as firm_earlier, later.firm_crd as firm_later, {pairs}"
        f" from {past.format(side='earlier', model=model)} as earlier"
        f" full join {past.format(side='later', model=model)} as later using (prediction_id)"
    )


def _difference(connection: duckdb.DuckDBPyConnection, name: str) -> FeatureDifference:
    differs = f'in_earlier and in_later and "{name}__earlier" is distinct from "{name}__later"'
    total = connection.execute(f"select count(*) from paired where {differs}").fetchall()[0][0]
    rows = connection.execute(
        f'select prediction_id, as_of_date, "{name}__earlier", "{name}__later",'
        f" advisor_crd, firm_earlier, firm_later from paired where {differs}"
        f" order by prediction_id limit {EXAMPLES}"
    ).fetchall()
    keys = ("prediction_id", "as_of_date", "earlier", "later")
    examples = [
        dict(zip(keys, row[:4], strict=True))
        | {"source_rows": _source_rows(connection, row[1], row[4], row[5], row[6])}
        for row in rows
    ]
    return FeatureDifference(name, total, examples)


def _source_rows(
    connection: duckdb.DuckDBPyConnection,
    as_of_date: dt.date,
    advisor: int | None,
    *firms: int | None,
) -> list[dict[str, Any]]:
    """Return registrations and firm months behind a subject that only one delivery holds.

    The advisor's own rows come first, then those of the advisor's firms that had begun by the day.
    """
    registrations = (
        "select RIA_CONTACT_CRD_ID as advisor,"
        " LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID as firm,"
        " LATEST_REGISTERED_EMPLOYMENT_START_DATE as started, cast(null as date) as ended,"
        " 'ria_contacts_current' as source_table from {side}.fintrx.ria_contacts_current"
        " union all select RIA_CONTACT_CRD_ID, PREVIOUS_REGISTRATION_COMPANY_CRD_ID,"
        " PREVIOUS_REGISTRATION_COMPANY_START_DATE, PREVIOUS_REGISTRATION_COMPANY_END_DATE,"
        " 'contact_registered_employment_history'"
        " from {side}.fintrx.contact_registered_employment_history"
    )
    relevant = (
        "(select * from (" + registrations + ") where advisor = $advisor"
        " or (firm in (select unnest($firms)) and started <= $day))"
    )
    sides = {side: relevant.format(side=side) for side in ("earlier", "later")}
    query = " union all ".join(
        f"select '{side}' as only_in, * from ({sides[side]} except all {sides[other]})"
        for side, other in (("earlier", "later"), ("later", "earlier"))
    )
    query = (
        f"select * from ({query}) where started is not null"
        " order by advisor is distinct from $advisor, started, firm, advisor, only_in, source_table"
        f" limit {SOURCE_ROWS}"
    )
    known = [firm for firm in firms if firm is not None]
    cursor = connection.execute(query, {"advisor": advisor, "firms": known, "day": as_of_date})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
