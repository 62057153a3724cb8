"""Which columns of a flat table can be features: one rule for training and for the sentinel."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from python_scoring.features.categories import MOST_CATEGORIES, is_text
from python_scoring.io.columns import is_numeric


def unusable_columns(table: pa.Table, names: Sequence[str]) -> dict[str, str]:
    """Return the columns that cannot be features, each with the reason.

    Numbers, true and false, and texts of at most `MOST_CATEGORIES` different values can, under a
    name that XGBoost takes.
    """
    found = {}
    for name in names:
        kind = table.field(name).type
        if set(name) & set("[]<"):
            found[name] = "its name holds [, ] or <, which XGBoost refuses: rename it"
        elif is_text(kind):
            different = pc.count_distinct(table.column(name).cast(pa.string())).as_py()
            if different > MOST_CATEGORIES:
                found[name] = f"{different} different texts"
        elif not is_numeric(kind):
            found[name] = f"its type is {kind}"
    return found
