"""Writes a list of people to call as a file, safe to open in a spreadsheet.

Names and firms come from outside. A cell that begins with = + - or @ is a formula to a spreadsheet,
and a formula can send the list away. Such texts get an apostrophe in front, as OWASP advises ("CSV
injection"); numbers are numbers and stay as they are, negative ones too.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from python_scoring.io.atomic import atomic_file
from python_scoring.io.table_files import TableWriter, check_suffix

# blanks in front are skipped by some spreadsheets; the wide forms are read as the narrow ones
FORMULA = r"^(\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|[\t\r\n])"


def write_call_file(table: pa.Table, path: Path) -> None:
    """Write a table as CSV or Parquet; the file appears, or is replaced, when all of it is written.

    Raises:
        InputError: Another suffix, or the file cannot be written there.
    """
    check_suffix(path)
    with atomic_file(path) as beside:
        writer = TableWriter(beside, table.schema)
        writer.write(without_formulas(table) if path.suffix == ".csv" else table)
        writer.close()


def without_formulas(table: pa.Table) -> pa.Table:
    """Return the table with an apostrophe before each text that a spreadsheet would calculate."""
    for position, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            texts = table.column(position)
            quoted = pc.binary_join_element_wise("'", texts, "")
            safe = pc.if_else(pc.match_substring_regex(texts, FORMULA), quoted, texts)
            table = table.set_column(position, field, safe)
    return table
