"""Text columns as XGBoost's categories: numbered from 0 in the order in which they first appear.

Numbered in time, the categories that any past holds are the smallest numbers; what came later can
be separated from what was known. A category that the past never held counts as unknown, since the
trees have learned nothing about it.
"""

from typing import TYPE_CHECKING

import numpy as np

from python_scoring.arrays import Objects, Vector

if TYPE_CHECKING:
    import pyarrow as pa


CATEGORY = "category"
# more than that is a name or an id: the trees would memorise rows instead of learning a pattern
MOST_CATEGORIES = 50


def is_text(kind: "pa.DataType") -> bool:
    """Whether a column of this type holds texts, plain or as a dictionary."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def texts(table: "pa.Table", name: str) -> Objects:
    """Return a text column, shape (n,), null as None and so the empty text: CSV has no null."""
    return np.array([value or None for value in table.column(name).to_pylist()], dtype=object)


def in_order_of_appearance(values: Objects) -> tuple[str, ...]:
    """Return the different texts of a column that is sorted by day, the oldest first."""
    return tuple(dict.fromkeys(value for value in values.tolist() if value is not None))


def category_numbers(values: Objects, categories: tuple[str, ...]) -> Vector:
    """Return the number of each text, shape (n,), NaN where null or not among the categories."""
    numbers = {category: float(number) for number, category in enumerate(categories)}
    return np.array([numbers.get(value, np.nan) for value in values.tolist()], dtype=np.float64)
