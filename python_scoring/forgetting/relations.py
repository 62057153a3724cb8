"""What to remove of each table, by the few columns in which a person's keys stand.

Which tables there are, the warehouse says. That every column to which a person's key or name is
passed on lies in a table with one of these columns, a test shows by lineage.
"""

from collections.abc import Iterator, Sequence

from python_scoring.forgetting.person import Person
from python_scoring.io.warehouse.protocol import HeldTable, Removal, Value, Warehouse

KEY_COLUMNS = ("advisor_crd", "lead_id", "prediction_id", "source_key")
"""Columns that say whose a row is: such rows go."""
EXAMPLE_COLUMNS = ("example_key",)
"""Columns that name one row of many as an example: they become null, the row stays."""
_FAILED_TESTS = "_failed_tests"


def removals_of(tables: Sequence[HeldTable], person: Person) -> list[Removal]:
    """Return what to remove, tables that tie leads to a CRD number last.

    A run that was killed finds the leads of an advisor by those, so it can be run again.

    Args:
        tables: All tables of the warehouse.
        person: Who is to be forgotten.
    """
    removals = [removal for table in tables for removal in _removals(table, person)]
    return sorted(removals, key=lambda each: {"lead_id", "advisor_crd"} <= set(each.table.columns))


def _removals(table: HeldTable, person: Person) -> Iterator[Removal]:
    if table.schema.endswith(_FAILED_TESTS):
        # of any shape, and written again by the next run of tests
        yield Removal(table, "true", ())
        return
    for wanted, blank in ((KEY_COLUMNS, False), (EXAMPLE_COLUMNS, True)):
        conditions: list[str] = []
        parameters: list[Value] = []
        for column in (each for each in wanted if each in table.columns):
            condition, values = _condition(column, person)
            conditions += [condition] if values else []
            parameters += values
        if conditions:
            blanked = tuple(each for each in wanted if each in table.columns) if blank else ()
            yield Removal(table, f"({' or '.join(conditions)})", tuple(parameters), blanked)


def _condition(column: str, person: Person) -> tuple[str, list[Value]]:
    """Return which rows are the person's by a column, and the values; none where it cannot be."""
    crd, leads = person.advisor_crd, person.lead_ids
    if column == "advisor_crd":
        return "advisor_crd = ?", [crd] if crd else []
    values: list[Value] = []
    values += leads
    if column == "prediction_id":
        values = [*(f"lead:{lead}" for lead in leads), *([f"prospect:{crd}"] if crd else [])]
    elif column != "lead_id":
        values += [*(f"lead {lead}" for lead in leads), *([f"advisor {crd}"] if crd else [])]
    condition = f"{column} in ({', '.join('?' for _ in values)})"
    if column in ("source_key", "example_key") and crd:
        # a registration: advisor, firm and start
        return f"{condition} or starts_with({column}, ?)", [*values, f"advisor {crd}, "]
    return condition, values


def selected(table: HeldTable, columns: str, condition: str) -> str:
    """Write a select from a table, with the condition without which it may not be read."""
    day = "score_date >= '0001-01-01' and " if table.needs_day else ""
    return f"select {columns} from {table.name} where {day}{condition}"  # noqa: S608 - our own


def rows_of(current: Warehouse, removals: Sequence[Removal]) -> list[int]:
    """Count the rows that each removal concerns.

    Raises:
        WarehouseError: The warehouse cannot be read.
    """
    conditions = [_concerned(removal) for removal in removals]
    counted = zip((each.table for each in removals), conditions, strict=True)
    return _counts(current, list(counted), [v for each in removals for v in each.parameters])


def _concerned(removal: Removal) -> str:
    filled = " or ".join(f"{column} is not null" for column in removal.blanked)
    return f"({filled}) and {removal.condition}" if filled else removal.condition


def tables_that_name(
    current: Warehouse, tables: Sequence[HeldTable], person: Person
) -> dict[str, int]:
    """Look through the texts of all tables for lead ids and names, whatever the columns are called.

    Args:
        current: The warehouse.
        tables: Its tables.
        person: Whom to look for.

    Returns:
        Rows that hold one of them, by table; none where nothing is left.

    Raises:
        WarehouseError: The warehouse cannot be read.
    """
    words = [*person.lead_ids, *(f"{first} {last}" for first, last in person.names)]
    counted, parameters = [], list[Value]()
    for table in tables:
        texts = [column for column, is_text in table.columns.items() if is_text]
        conditions = [f"strpos({table.quoted(column)}, ?) > 0" for column in texts for _ in words]
        if conditions:
            counted.append((table, f"({' or '.join(conditions)})"))
            parameters += [word for _ in texts for word in words]
    rows = _counts(current, counted, parameters)
    return {table.name: count for (table, _), count in zip(counted, rows, strict=True) if count}


def _counts(
    current: Warehouse, counted: Sequence[tuple[HeldTable, str]], parameters: Sequence[Value]
) -> list[int]:
    """Count rows of several tables by one statement."""
    selects = [
        selected(table, f"{number} as number, count(*) as row_count", condition)
        for number, (table, condition) in enumerate(counted)
    ]
    if not selects:
        return []
    rows = current.query(" union all ".join(selects), parameters).to_pylist()
    return [row["row_count"] for row in sorted(rows, key=lambda row: int(row["number"]))]
