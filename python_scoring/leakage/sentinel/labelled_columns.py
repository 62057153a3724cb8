"""Reads any labelled table for the sentinel: every column that can be a feature, as numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from python_scoring.arrays import Days, Flags, Integers, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.usable_columns import unusable_columns
from python_scoring.errors import InputError
from python_scoring.io.columns import binary_label, days, is_numeric, numbers, require_columns
from python_scoring.io.table_files import read_table

FIFTHS = 5
MOST_PERIODS = 20
POSITIVES_A_PERIOD = 40


@dataclass(frozen=True)
class LabelledColumns:
    """A labelled table.

    Args:
        source: Name of its file.
        positive: Label of each row, shape (n,); rows without one are left out.
        columns: Each feature's values, shape (n,), unknown as NaN. A text becomes the rate of
            positives among the other half's rows with the same text, so that it can be ranked.
        categories: For each text its values' numbers, shape (n,), unknown as -1.
        periods: Number of each row's period, shape (n,), None without a date. Periods hold
            as many rows each, at least 5 and at most 20 of them, about 40 positives in each.
        fifths: Number of each row's fifth of time, shape (n,), None without a date.
        skipped: Columns that cannot be features, with the reason.
    """

    source: str
    positive: Flags
    columns: dict[str, Vector]
    categories: dict[str, Integers]
    periods: Integers | None
    fifths: Integers | None
    skipped: dict[str, str]


def read_columns(
    path: Path, label: str, date: str | None = None, features: tuple[str, ...] = ()
) -> LabelledColumns:
    """Read a Parquet or CSV file.

    Args:
        path: The file.
        label: Column of 0, 1 or null (not known yet).
        date: Column of days, for what changes over time.
        features: Columns to look at; all others that can be features by default.

    Raises:
        InputError: The file, a column or a value cannot be used; or the label has one kind only.
    """
    table = read_table(path)
    named = [label, *([date] if date else []), *features]
    require_columns(table.column_names, named, path.name)
    outcome = binary_label(table, label, path.name)
    table, outcome = table.filter(pa.array(~np.isnan(outcome))), outcome[~np.isnan(outcome)]
    positive = outcome == 1
    if positive.all() or not positive.any():
        raise InputError(
            f"Every label of {path.name} is {int(outcome[0])}.",
            why="A feature is judged by how well it separates the two.",
            where=f"column {label}, {len(outcome)} rows with a label",
            fix="Give a table with both outcomes.",
        )
    wanted = features or [name for name in table.column_names if name not in (label, date)]
    columns: dict[str, Vector] = {}
    categories: dict[str, Integers] = {}
    skipped = unusable_columns(table, wanted)
    for name in wanted:
        if name not in skipped:
            _add_column(table, name, path.name, positive, columns, categories)
    if not columns:
        raise InputError(f"No column of {path.name} can be a feature.", where=str(skipped))
    periods, fifths = None, None
    if date:
        periods, fifths = _periods(days(table, date, path.name), positive, date)
    return LabelledColumns(path.name, positive, columns, categories, periods, fifths, skipped)


def learned_columns(table: LabelledTable) -> LabelledColumns:
    """Look at the rows that a model learns from, both outcomes present, as the sentinel does."""
    periods, fifths = _periods(table.dates, table.converted, "of the day")
    columns = dict(zip(table.contract.names, table.features.T, strict=True))
    categories = {}
    for position in table.contract.category_positions:
        name = table.contract.names[position]
        categories[name] = np.nan_to_num(columns[name], nan=-1).astype(np.int64)
        columns[name] = _rates_of_other_half(categories[name], table.converted)
    return LabelledColumns(table.source, table.converted, columns, categories, periods, fifths, {})


def _add_column(
    table: pa.Table,
    name: str,
    source: str,
    positive: Flags,
    columns: dict[str, Vector],
    categories: dict[str, Integers],
) -> None:
    if is_numeric(table.field(name).type):
        columns[name] = numbers(table, name, source)
        return
    encoded = table.column(name).cast(pa.string()).combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy().astype(np.int64)
    categories[name] = codes
    columns[name] = _rates_of_other_half(codes, positive)


def _rates_of_other_half(codes: Integers, positive: Flags) -> Vector:
    """Rate of positives by category among every second row, for the rows between, and back.

    The rows' own labels stay out, else a column of noise with many values would rank well.
    """
    rates = np.full(len(codes), np.nan)
    odd = np.arange(len(codes)) % 2 == 1
    for half in (odd, ~odd):
        base = float(positive[half].mean()) if half.any() else 0.0
        for code in np.unique(codes[codes >= 0]):
            same = half & (codes == code)
            # one row of the base rate added: a category that the half lacks is nothing special
            rates[~half & (codes == code)] = (positive[same].sum() + base) / (same.sum() + 1)
    return rates


def _periods(dates: Days, positive: Flags, name: str) -> tuple[Integers, Integers]:
    count = min(max(int(positive.sum()) // POSITIVES_A_PERIOD, FIFTHS), MOST_PERIODS)
    return _parts_of_time(dates, count, name), _parts_of_time(dates, FIFTHS, name)


def _parts_of_time(dates: Days, count: int, name: str) -> Integers:
    """Parts of about as many rows each, by date; rows of a day stay together."""
    ordered = np.sort(dates)
    edges = ordered[[len(ordered) * part // count for part in range(1, count)]]
    parts = np.unique(np.searchsorted(edges, dates, side="right"), return_inverse=True)[1]
    if parts.max() == 0:
        raise InputError(
            f"All rows have the same date, {ordered[0]}.",
            why="Nothing can be said of change over time.",
            where=f"column {name}",
            fix="Leave --date out.",
        )
    return parts.astype(np.int64)
