"""Finds the rows again that a model learned from and was judged on.

A report on other rows would describe another model under this one's name, so the periods that the
artifact recorded must hold as many leads and conversions as they did then.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from python_scoring.arrays import Integers, Texts
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import (
    TRAINING_ORDER,
    TRAINING_RELATION,
    read_flat,
    read_training_set,
)
from python_scoring.dataset.splits import GAP, TEST, TRAIN
from python_scoring.errors import InputError
from python_scoring.io.warehouse.current import read_relation
from python_scoring.model.artifact import Artifact

UNKNOWN = "not known"


@dataclass(frozen=True)
class JudgedRows:
    """The rows of one model.

    Args:
        whole: Every row with a known outcome, contacted by the end of the test period.
        past: The training rows.
        test: The test rows.
        lead_sources: Where the test leads came from, shape (n,); None without the warehouse.
    """

    whole: LabelledTable
    past: LabelledTable
    test: LabelledTable
    lead_sources: Texts | None


def find_rows(
    artifact: Artifact, path: Path | None = None, label: str = "", date: str = ""
) -> JudgedRows:
    """Read the table that a model was trained on, and cut it as it was cut then.

    Args:
        artifact: The model.
        path: Parquet or CSV file; `lead_training_set` of the warehouse where None.
        label: With a file: column of outcomes.
        date: With a file: column of the day of contact.

    Raises:
        InputError: The table is not the one, with what was recorded beside what is there.
        WarehouseError: The warehouse has not been built.
    """
    whole = _read(artifact, path, label, date)
    periods = artifact.metadata["periods"]
    parts = np.full(len(whole.dates), GAP, dtype="<U11")
    for name, period in periods.items():
        first, last = np.datetime64(period["from"]), np.datetime64(period["to"])
        parts[(whole.dates >= first) & (whole.dates <= last)] = name
    whole = replace(whole, parts=parts, gap_days=artifact.metadata["gap_days"])
    _require_same_counts(whole, periods)
    # a text is numbered by its first appearance, which differs where rows come in another order
    features = artifact.contract.matrix(whole.frame())
    known = replace(whole, contract=artifact.contract, features=features)
    until = whole.take(whole.dates <= np.datetime64(periods[TEST]["to"]))
    test = known.part(TEST)
    sources = None if path else _lead_sources(test.positions)
    return JudgedRows(until, known.part(TRAIN), test, sources)


def _read(artifact: Artifact, path: Path | None, label: str, date: str) -> LabelledTable:
    source, names = artifact.metadata["source"], artifact.contract.names
    if path is None and source != TRAINING_RELATION:
        raise InputError(
            f"{artifact.version} was trained on {source}, not on the warehouse.",
            fix=f"Pass that table: --input {source} --label COLUMN --date COLUMN",
        )
    whole = (
        read_flat(path, label=label, date=date, features=names, rule=None)
        if path
        else read_training_set()
    )
    if whole.contract.names != names:
        raise InputError(
            f"{whole.source} has other features than {artifact.version} was trained on.",
            why="Each value would be read as another feature.",
            where=f"model: {', '.join(names)}; table: {', '.join(whole.contract.names)}",
            fix="Pass the table it was trained on, or train again.",
        )
    return whole


def _require_same_counts(whole: LabelledTable, periods: dict[str, Any]) -> None:
    findings = []
    for name, period in periods.items():
        now = whole.part(name)
        counts = len(now.dates), int(now.converted.sum())
        if counts != (period["rows"], period["positives"]):
            findings.append(
                f"{name} {period['from']} to {period['to']}: {period['rows']} leads with "
                f"{period['positives']} conversions when trained, {counts[0]} with {counts[1]} now"
            )
    if findings:
        raise InputError(
            f"{whole.source} does not hold the rows that the model was trained and judged on.",
            why="Figures of other rows would be reported as this model's.",
            where="; ".join(findings),
            fix="Pass the table it was trained on, or train again on this one.",
        )


def _lead_sources(positions: Integers) -> Texts:
    training = read_relation(TRAINING_RELATION, ["lead_id"], order_by=TRAINING_ORDER)
    ids = training.column("lead_id").to_pylist()
    leads = read_relation(
        "int_leads_checked", ["lead_id", "lead_source"], where="rejection_reason is null"
    )
    known = {lead["lead_id"]: lead["lead_source"] or UNKNOWN for lead in leads.to_pylist()}
    return np.array([known.get(ids[position], UNKNOWN) for position in positions])
