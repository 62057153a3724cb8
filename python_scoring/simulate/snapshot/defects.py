"""Plants defects into a delivery, each into good rows of its own, and lists them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from python_scoring.arrays import Flags
from python_scoring.errors import InputError
from python_scoring.simulate.snapshot.defect_catalogue import (
    ADVISOR,
    CALLED,
    CATALOGUE,
    CONTACTED,
    CONTACTS,
    CRD,
    FIRM_AND_START,
    HISTORY,
    KEPT,
    LEADS,
    MONTHS,
    Defect,
    Row,
)

Tables = dict[str, pa.Table]

LIST_SCHEMA = pa.schema(
    [
        ("source_table", pa.string()),
        ("row", pa.int64()),
        ("source_key", pa.string()),
        ("defect", pa.string()),
        ("treatment", pa.string()),
        ("reason", pa.string()),
    ]
)


def plant_defects(
    tables: Tables, rate: float, as_of: date, rng: np.random.Generator
) -> tuple[Tables, pa.Table]:
    """Plant every defect of the catalogue at least once into a delivery.

    Args:
        tables: The delivery.
        rate: Share of each table's rows that get a defect, above 0 and at most 0.5.
        as_of: Day of the delivery.
        rng: Chooses the rows.

    Returns:
        The tables with their defects, and the list of them: source_table, row (counted from 1),
        source_key, defect, treatment and reason, as rejected_source_rows or the findings have them.

    Raises:
        InputError: The rate is out of range, or the world has too few good rows for it.
    """
    if not 0.0 < rate <= 0.5:
        raise InputError(
            f"--defects is {rate}, but must lie above 0 and at most at 0.5.",
            why="It is the share of each table's rows that get a defect.",
            fix="Use 0.02 for two rows in a hundred; leave it out for none.",
        )
    planted, listed = dict(tables), []
    for source in (CONTACTS, HISTORY, MONTHS, LEADS):
        defects = [defect for defect in CATALOGUE if defect.source == source]
        each = max(1, round(rate * tables[source].num_rows / len(defects)))
        good = np.flatnonzero(_good_rows(tables, source, as_of))
        if good.size < each * len(defects):
            raise _too_few(source, each * len(defects), int(good.size))
        chosen = rng.permutation(good)[: each * len(defects)].reshape(len(defects), each)
        planted[source], rows = _plant(tables[source], defects, chosen)
        listed += rows
    return planted, pa.Table.from_pylist(listed, schema=LIST_SCHEMA)


def _plant(
    table: pa.Table,
    defects: Sequence[Defect],
    chosen: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> tuple[pa.Table, list[Row]]:
    rows = table.to_pylist()
    defect_of = {
        int(place): defect
        for defect, places in zip(defects, chosen, strict=True)
        for place in places
    }
    written: list[Row] = []
    listed: list[Row] = []
    for place, row in enumerate(rows):
        defect = defect_of.get(place)
        if not defect or defect.is_added:
            written.append(row)
        if defect:
            written.append(row | defect.change(row))
            listed.append(_list_entry(defect, written[-1], len(written)))
    return _table(written, table.schema), listed


def _table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    """Assets as floats, since integers know no NaN; starts as texts, since dates know no zone."""
    wider = {"TOTAL_AUM": pa.float64()} | {
        start: pa.string() for _, start in FIRM_AND_START.values()
    }
    fields = [field.with_type(wider.get(field.name, field.type)) for field in schema]
    arrays = []
    for field in fields:
        values = [row[field.name] for row in rows]
        if field.type == pa.string():
            values = [None if value is None else str(value) for value in values]
        arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _list_entry(defect: Defect, row: Row, number: int) -> Row:
    return {
        "source_table": defect.source,
        "row": number,
        "source_key": _source_key(defect, row),
        "defect": defect.name,
        "treatment": defect.treatment,
        "reason": defect.reason or None,
    }


def _source_key(defect: Defect, row: Row) -> str:
    """The row as rejected_source_rows, or the findings of kept rows, name it."""
    is_kept = defect.treatment == KEPT
    if defect.source == LEADS:
        lead = (row["Id"] or "").strip() or "unknown"
        return f"lead {lead}" if is_kept else lead
    if defect.source == MONTHS:
        firm = f"firm {_word(row['RIA_INVESTOR_CRD_ID'])}"
        return (
            firm if is_kept else f"{firm}, year {_word(row['YEAR'])}, month {_word(row['MONTH'])}"
        )
    firm, start = (row[column] for column in FIRM_AND_START[defect.source])
    advisor = f"advisor {_word(row[ADVISOR])}"
    return advisor if is_kept else f"{advisor}, firm {_word(firm)}, start {_word(start)}"


def _word(value: object) -> str:
    return "unknown" if value is None else str(value)


def _good_rows(tables: Tables, source: str, as_of: date) -> Flags:
    """Rows with nothing amiss, of which no other row has the key; shape (rows,)."""
    rows = tables[source].to_pylist()
    if source == LEADS:
        keys = [row["Id"] for row in rows]
        advisors = {
            _registration(row, table)[0]
            for table in (CONTACTS, HISTORY)
            for row in tables[table].to_pylist()
            if _is_plausible(_registration(row, table), as_of)
        }
        good = [_is_good_lead(row, advisors) for row in rows]
    elif source == MONTHS:
        keys = [(row["RIA_INVESTOR_CRD_ID"], row["YEAR"], row["MONTH"]) for row in rows]
        good = [row["MONTH"] <= 12 and (row["TOTAL_AUM"] or 0) > 0 for row in rows]
    else:
        other = HISTORY if source == CONTACTS else CONTACTS
        keys = [_registration(row, source) for row in rows]
        seen = {_registration(row, other) for row in tables[other].to_pylist()}
        good = [_is_plausible(key, as_of) and key not in seen for key in keys]
    counted = Counter(keys)
    return np.array([ok and counted[key] == 1 for ok, key in zip(good, keys, strict=True)])


def _registration(row: Row, source: str) -> tuple[int | None, int | None, date | None]:
    firm, start = FIRM_AND_START[source]
    return row[ADVISOR], row[firm], row[start]


def _is_plausible(registration: tuple[int | None, int | None, date | None], as_of: date) -> bool:
    advisor, firm, start = registration
    return bool(advisor and firm and start and date(1940, 1, 1) <= start <= as_of)


def _is_good_lead(row: Row, advisors: set[int | None]) -> bool:
    """Contacted, called afterwards if at all, with an advisor who has a registration."""
    is_plain = bool(row[CRD]) and row[CRD].isdigit() and int(row[CRD]) in advisors
    if not is_plain or not row[CONTACTED]:
        return False
    return not row[CALLED] or bool(row[CALLED] >= row[CONTACTED])


def _too_few(source: str, wanted: int, found: int) -> InputError:
    return InputError(
        f"--defects asks for {wanted:,} rows of {source}, and {found:,} have nothing amiss yet.",
        why="A second defect in a row would hide what becomes of the first.",
        fix="Lower --defects, or raise --advisors and --leads.",
    )
