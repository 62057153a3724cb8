"""Compares the rows of a relation as two engines built it, value by value."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

RELATIVE_TOLERANCE = 1e-9
"""Floats may differ by so much of themselves: engines add in another order. All else is exact."""

_FLOATS = (pa.float32(), pa.float64())


@dataclass(frozen=True)
class Comparison:
    """What two builds of a relation have in common.

    Args:
        relation: Its name.
        rows: Rows compared.
        values: Values compared, rows times columns.
        differences: What differs, in words; empty when nothing does.

    """

    relation: str
    rows: int
    values: int
    differences: tuple[str, ...]


def compare(relation: str, expected: pa.Table, found: pa.Table) -> Comparison:
    """Compare two tables as sets of rows: neither engine promises an order.

    Args:
        relation: Name for the report.
        expected: As DuckDB built it.
        found: As BigQuery's dialect built it; its types decide, and a value that they cannot hold
            is a difference.

    """
    expected, found = _by_name(expected), _by_name(found)
    if expected.column_names != found.column_names:
        odd = sorted(set(expected.column_names) ^ set(found.column_names))
        return Comparison(relation, 0, 0, (f"columns on one side only: {', '.join(odd)}",))
    if expected.num_rows != found.num_rows:
        counts = f"{expected.num_rows} rows on DuckDB, {found.num_rows} on the emulator"
        return Comparison(relation, 0, 0, (counts,))
    try:
        expected = expected.cast(pa.schema([(f.name, f.type) for f in found.schema]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        return Comparison(relation, 0, 0, (f"types differ: {error}",))
    expected, found = _in_order(expected), _in_order(found)
    words = [_column_difference(name, expected[name], found[name]) for name in found.column_names]
    size = found.num_rows * found.num_columns
    return Comparison(relation, found.num_rows, size, tuple(w for w in words if w))


def _by_name(table: pa.Table) -> pa.Table:
    """Columns in lower case and in the order of their names; BigQuery does not tell cases apart."""
    lower = table.rename_columns([name.lower() for name in table.column_names])
    return lower.select(sorted(lower.column_names))


def _in_order(table: pa.Table) -> pa.Table:
    """Floats come last in the order, so that a last digit does not decide which rows are paired."""
    names = sorted(table.column_names, key=lambda name: table.schema.field(name).type in _FLOATS)
    return table.sort_by([(name, "ascending") for name in names])


def _column_difference(name: str, expected: pa.ChunkedArray, found: pa.ChunkedArray) -> str:
    differs = _differs(expected, found)
    count = int(differs.sum())
    if not count:
        return ""
    first = int(differs.argmax())
    return (
        f"{name}: {count} values, the first {expected[first].as_py()!r} on DuckDB"
        f" and {found[first].as_py()!r} on the emulator"
    )


def _differs(expected: pa.ChunkedArray, found: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    one_is_null = pc.xor(pc.is_null(expected), pc.is_null(found))
    if expected.type in _FLOATS:
        left, right = (column.to_numpy() for column in (expected, found))
        unequal = ~np.isclose(left, right, rtol=RELATIVE_TOLERANCE, atol=0, equal_nan=True)
    else:
        unequal = pc.fill_null(pc.not_equal(expected, found), False).to_numpy()
    return np.asarray(one_is_null.to_numpy() | unequal)
