"""Names and texts from outside, written into DuckDB's SQL so that they stay names and texts."""

import re
from collections.abc import Sequence
from pathlib import Path


def literal(text: str) -> str:
    """Write a text as a SQL literal; DuckDB knows no escape but the doubled quote."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def file_scan(paths: Sequence[Path], csv_columns: Sequence[str] = ()) -> str:
    """Write the table function that reads files, all values of a CSV as texts.

    Args:
        paths: One file, or parts of one format.
        csv_columns: Unique names for the columns of a CSV, in their order.
    """
    listed = ", ".join(literal(_one_file(each)) for each in paths)
    if paths[0].suffix != ".csv":
        return f"read_parquet([{listed}], hive_partitioning=false)"
    columns = ", ".join(f"{identifier(name)}: 'VARCHAR'" for name in csv_columns)
    return (
        f"read_csv([{listed}], auto_detect=false, header=true, delim=',', quote='\"', escape='\"', "
        f"columns={{{columns}}}, hive_partitioning=false, max_line_size=16777216)"
    )


def _one_file(path: Path) -> str:
    """A path in which *, ? and [ mean themselves; DuckDB takes every path for a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
