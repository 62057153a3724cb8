"""Reads labelled leads, from a flat file or from what dbt built, checks and splits them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from python_scoring.arrays import Days, Texts
from python_scoring.dataset.arrivals import arrival_counts
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.splits import CALIBRATION, TEST, TRAIN, SplitRule, split_by_date
from python_scoring.dataset.usable_columns import unusable_columns
from python_scoring.errors import InputError
from python_scoring.features.categories import (
    MOST_CATEGORIES,
    category_numbers,
    in_order_of_appearance,
    is_text,
    texts,
)
from python_scoring.features.contract import FeatureContract, project_contract, table_contract
from python_scoring.features.engineered import ENGINEERED
from python_scoring.io.columns import binary_label, days, numbers, require_columns
from python_scoring.io.table_files import read_table
from python_scoring.io.warehouse.current import read_relation

TRAINING_RELATION = "lead_training_set"
TRAINING_ORDER = ("contacted_date", "lead_id")
"""Order in which its rows are read: trees depend on it, and no warehouse promises one."""


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
        features: Columns to learn from; where None, every other column of numbers, of true and
            false, or of at most 50 different texts, which become categories.
        rule: Shares and gap of the split; None leaves the table whole.

    Raises:
        InputError: Names the file, the column and the row that cannot be used.
    """
    table = read_table(path)
    delivered = [name for name in features or [] if name not in ENGINEERED]
    require_columns(table.column_names, [label, date, *delivered], path.name)
    chosen, left_out = _chosen(table, path.name, features, {label, date})
    contract = table_contract(chosen)
    computed = {name for name in contract.engineered_names if name not in table.column_names}
    needed = [name for name in chosen if name not in computed]
    require_columns(table.column_names, needed, path.name)
    whole = _assemble(table, path.name, contract, label, date)
    # a file has no key by which a lead and its copy could be distinguished
    counts = whole.counts | {"exact_copies": _copies(whole)}
    whole = replace(whole, counts=counts, left_out=left_out)
    return _split(whole, split_by_date(whole.dates, rule), rule.gap_days) if rule else whole


def _chosen(
    table: pa.Table, source: str, features: list[str] | None, answers: set[str]
) -> tuple[list[str], dict[str, str]]:
    """Return the columns to learn from, and those left out with the reason.

    Raises:
        InputError: A named column cannot be a feature, none can, or one is the label or the date.
    """
    named = features or [name for name in table.column_names if name not in answers]
    left_out = unusable_columns(table, [name for name in named if name in table.column_names])
    if features and left_out:
        raise InputError(
            f"Not every column named can be a feature: {_listed(left_out)}.",
            why=f"Only numbers, true and false, and up to {MOST_CATEGORIES} different texts repeat "
            "often enough to learn from.",
            where=source,
            fix="Leave it out of --features, or convert it.",
        )
    chosen = [name for name in named if name not in left_out]
    if not chosen or answers & set(chosen):
        raise InputError(
            "The features are "
            + (
                f"{', '.join(chosen)}: the label or date is one of them."
                if chosen
                else f"none: {source} has no other column that can be one ({_listed(left_out)})."
            ),
            why="A model that is shown its own answer learns nothing else.",
            fix="Name the columns to learn from with --features.",
        )
    return chosen, left_out


def _listed(left_out: dict[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in left_out.items())


def read_training_set() -> LabelledTable:
    """Read `lead_training_set` as dbt built and split it, with the project's features.

    Raises:
        WarehouseError: It has not been built.
        InputError: It lacks a column of the contract.
    """
    contract = project_contract()
    columns = [*contract.names, "label", "contacted_date", "split"]
    table = read_relation(TRAINING_RELATION, columns, order_by=TRAINING_ORDER)
    whole = _assemble(table, TRAINING_RELATION, contract, "label", "contacted_date")
    parts = np.array(table.column("split").to_pylist(), dtype="<U11")[whole.positions]
    return _split(replace(whole, arrivals=arrival_counts()), parts, None)


def _assemble(
    table: pa.Table, source: str, contract: FeatureContract, label: str, date: str
) -> LabelledTable:
    outcome, dates = binary_label(table, label, source), days(table, date, source)
    known = np.flatnonzero(~np.isnan(outcome))
    order = known[np.argsort(dates[known], kind="stable")]
    present = [name for name in contract.names if name in table.column_names]
    texted = {n: texts(table, n)[order] for n in present if is_text(table.field(n).type)}
    contract = contract.with_categories(
        {name: in_order_of_appearance(values) for name, values in texted.items()}
    )
    categories = {f.name: f.categories for f in contract.features}
    columns = {n: category_numbers(v, categories[n]) for n, v in texted.items()}
    columns |= {n: numbers(table, n, source)[order] for n in present if n not in texted}
    matrix = contract.stack(columns)
    return LabelledTable(
        source,
        contract.typed(table.schema, matrix),
        matrix,
        outcome[order] == 1,
        dates[order],
        order,
        np.full(len(order), ""),
        0,
        {
            "rows": table.num_rows,
            "without_outcome": table.num_rows - len(order),
        },
    )


def _copies(table: LabelledTable) -> int:
    """Count rows that repeat an earlier one in every feature, day and outcome."""
    columns = [table.features, table.dates.astype(np.int64), table.converted]
    return int(pd.DataFrame(np.column_stack(columns)).duplicated().sum())


def _split(table: LabelledTable, parts: Texts, gap_days: int | None) -> LabelledTable:
    """Name the part of each row; a gap that is not given is measured from the parts."""
    cut = with_parts(table, parts, gap_days or 0)
    gap = _observed_gap(table.dates, parts) if gap_days is None else gap_days
    return _known_from_training(replace(cut, gap_days=gap))


def with_parts(table: LabelledTable, parts: Texts, gap_days: int) -> LabelledTable:
    """Return the table with another part for each row, and its counts.

    Args:
        table: Any labelled table.
        parts: train, calibration, test or gap, shape (n,).
        gap_days: Days left out between the parts.

    Raises:
        InputError: A part has no row.
    """
    sizes = {name: int((parts == name).sum()) for name in (TRAIN, CALIBRATION, TEST)}
    _require_every_part(table.counts | sizes, table.source)
    counts = table.counts | sizes | {"in_gaps": len(parts) - sum(sizes.values())}
    return replace(table, parts=parts, gap_days=gap_days, counts=counts)


def _known_from_training(table: LabelledTable) -> LabelledTable:
    """Keep the categories that the training period held; count the rows of others."""
    past = table.part(TRAIN)
    known = table.known_to(past)
    lost = np.isnan(known.features) & ~np.isnan(table.features)
    categories, unseen = {}, {}
    for position in table.contract.category_positions:
        feature, numbers_seen = table.contract.features[position], past.features[:, position]
        newest = int(np.nan_to_num(numbers_seen, nan=-1).max())
        categories[feature.name] = feature.categories[: newest + 1]
        unseen[feature.name] = int(lost[:, position].sum())
    contract = table.contract.with_categories(categories)
    return replace(known, contract=contract, unseen={n: c for n, c in unseen.items() if c})


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


def _observed_gap(dates: Days, parts: Texts) -> int:
    """Days between the last training row and the first one to calibrate on, both left out."""
    apart = dates[parts == CALIBRATION].min() - dates[parts == TRAIN].max()
    return max(int(apart / np.timedelta64(1, "D")) - 1, 0)
