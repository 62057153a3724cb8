"""What training starts from: features, outcome, day and part of each lead, checked."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from python_scoring.errors import InputError
from python_scoring.feature_contract import FeatureContract, project_contract, table_contract
from python_scoring.features import ENGINEERED
from python_scoring.splits import CALIBRATION, TEST, TRAIN, SplitRule, split_by_date
from python_scoring.tables import (
    binary_label,
    days,
    is_numeric,
    numbers,
    read_table,
    require_columns,
)
from python_scoring.warehouse import read_relation

Matrix = NDArray[np.float64]
Labels = NDArray[np.bool_]
Days = NDArray[np.datetime64]

TRAINING_RELATION = "lead_training_set"


@dataclass(frozen=True)
class LabelledTable:
    """Leads whose outcome is known, in order of their day.

    Args:
        source: Name of the file or relation they come from.
        contract: The features, in the order of the matrix.
        features: Shape (n, features), unknown as NaN.
        converted: Outcomes, shape (n,).
        dates: Day of contact, shape (n,), ascending.
        positions: Place of each row in the source, from 0, shape (n,).
        parts: train, calibration, test or gap, shape (n,); all empty where nothing was split.
        gap_days: Days left out between the parts.
        counts: Rows read, without outcome yet, and in each part.
        left_out: Columns that were not used because they hold no numbers.
    """

    source: str
    contract: FeatureContract
    features: Matrix
    converted: Labels
    dates: Days
    positions: NDArray[np.int64]
    parts: NDArray[np.str_]
    gap_days: int
    counts: dict[str, int]
    left_out: tuple[str, ...] = ()

    def part(self, name: str) -> "LabelledTable":
        """Return the rows of one part."""
        return self.take(self.parts == name)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "LabelledTable":
        """Return the rows that a mask or positions in this table name, in that order."""
        return replace(
            self,
            features=self.features[rows],
            converted=self.converted[rows],
            dates=self.dates[rows],
            positions=self.positions[rows],
            parts=self.parts[rows],
        )


def read_flat(
    path: Path, *, label: str, date: str, features: list[str] | None, rule: SplitRule | None
) -> LabelledTable:
    """Read any flat table, one lead a row, and split it by date.

    A table with all base features of the project is one of the project's leads: it gets the
    project's words for them, and the engineered features that it lacks are computed.

    Args:
        path: Parquet or CSV file.
        label: Column of outcomes: 1, 0, or null where not known yet.
        date: Column of the day of contact.
        features: Columns to learn from; every numeric or boolean column else, where None.
        rule: Shares and gap of the split; None leaves the table whole.

    Raises:
        InputError: Names the file, the column and the row that cannot be used.
    """
    table = read_table(path)
    delivered = [name for name in features or [] if name not in ENGINEERED]
    require_columns(table, [label, date, *delivered], path.name)
    named = features or [n for n in table.column_names if n not in (label, date)]
    chosen = named if features else [n for n in named if is_numeric(table.field(n).type)]
    if not chosen or {label, date} & set(chosen):
        raise InputError(
            "The features are "
            + (
                f"{', '.join(chosen)}: the label or date is one of them."
                if chosen
                else f"none: {path.name} has no numeric column else."
            ),
            why="A model that is shown its own answer learns nothing else.",
            fix="Name the columns to learn from with --features.",
        )
    contract = table_contract(chosen)
    computed = {name for name in contract.engineered_names if name not in table.column_names}
    require_columns(table, [name for name in chosen if name not in computed], path.name)
    whole = _assemble(table, path.name, contract, label, date)
    whole = replace(whole, left_out=tuple(name for name in named if name not in chosen))
    return _split(whole, split_by_date(whole.dates, rule), rule.gap_days) if rule else whole


def read_training_set() -> LabelledTable:
    """Read `lead_training_set` as dbt built and split it, with the project's features.

    Raises:
        WarehouseError: It has not been built.
        InputError: It lacks a column of the contract.
    """
    table = read_relation(TRAINING_RELATION)
    contract = project_contract()
    require_columns(table, [*contract.names, "label", "contacted_date", "split"], TRAINING_RELATION)
    whole = _assemble(table, TRAINING_RELATION, contract, "label", "contacted_date")
    parts = np.array(table.column("split").to_pylist(), dtype="<U11")[whole.positions]
    return _split(whole, parts, None)


def _assemble(
    table: pa.Table, source: str, contract: FeatureContract, label: str, date: str
) -> LabelledTable:
    outcome, dates = binary_label(table, label, source), days(table, date, source)
    present = [name for name in contract.names if name in table.column_names]
    matrix = contract.stack({name: numbers(table, name, source) for name in present})
    known = np.flatnonzero(~np.isnan(outcome))
    order = known[np.argsort(dates[known], kind="stable")]
    return LabelledTable(
        source,
        contract.typed(table.schema, matrix),
        matrix[order],
        outcome[order] == 1,
        dates[order],
        order,
        np.full(len(order), ""),
        0,
        {"rows": table.num_rows, "without_outcome": table.num_rows - len(order)},
    )


def _split(table: LabelledTable, parts: NDArray[np.str_], gap_days: int | None) -> LabelledTable:
    """Name the part of each row; a gap that is not told is the one that the parts show."""
    sizes = {name: int((parts == name).sum()) for name in (TRAIN, CALIBRATION, TEST)}
    _require_every_part(table.counts | sizes, table.source)
    counts = table.counts | sizes | {"in_gaps": len(parts) - sum(sizes.values())}
    gap = _observed_gap(table.dates, parts) if gap_days is None else gap_days
    return replace(table, parts=parts, gap_days=gap, counts=counts)


def _require_every_part(counts: dict[str, int], source: str) -> None:
    empty = [name for name in (TRAIN, CALIBRATION, TEST) if counts[name] == 0]
    if empty:
        raise InputError(
            f"No row of {source} falls into the {' and '.join(empty)} period.",
            why="Each model is learned, calibrated and judged on periods of its own.",
            where=", ".join(f"{name}: {count}" for name, count in counts.items()),
            fix="Bring rows over a longer time, raise the shares, or shorten --gap-days (not "
            "below the time in which an outcome is decided).",
        )


def _observed_gap(dates: Days, parts: NDArray[np.str_]) -> int:
    """Days between the last training row and the first one to calibrate on, both left out."""
    apart = dates[parts == CALIBRATION].min() - dates[parts == TRAIN].max()
    return max(int(apart / np.timedelta64(1, "D")) - 1, 0)
