"""From numpy to the Arrow columns that the vendor and the CRM deliver."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from python_scoring.arrays import Flags, Integers
from python_scoring.simulate.days import DayNumbers


def integers(values: NDArray[np.generic], null: Flags | None = None) -> pa.Array:
    """Make an int64 column; `null` marks the missing values."""
    return pa.array(values.astype(np.int64), mask=null)


def dates(days: DayNumbers, null: Flags) -> pa.Array:
    """Make a date32 column."""
    return pa.array(days.astype(np.int32), type=pa.int32(), mask=null).cast(pa.date32())


def timestamps(days: DayNumbers, seconds: Integers, null: Flags) -> pa.Array:
    """Make a timestamp[us] column in UTC, from days and seconds of the day."""
    moment = (days.astype(np.int64) * 86_400 + seconds) * 1_000_000
    return pa.array(moment, mask=null).cast(pa.timestamp("us"))


def picked(values: list[str], index: Integers, null: Flags | None = None) -> pa.Array:
    """Make a string column that takes one of `values` in each row."""
    return pa.array(values, type=pa.string()).take(pa.array(index, mask=null))


def doubled(table: pa.Table, again: Integers) -> pa.Table:
    """Repeat some rows of a table, each right after itself."""
    order = np.sort(np.r_[np.arange(table.num_rows), again], kind="stable")
    return table.take(pa.array(order))
