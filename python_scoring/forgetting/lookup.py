"""Finds all keys of the person whom one key names: the CRD number, the leads, and the names."""

from collections.abc import Iterable, Sequence
from typing import Any

from python_scoring.errors import InputError, WarehouseError
from python_scoring.forgetting.person import Person
from python_scoring.forgetting.relations import selected
from python_scoring.io.warehouse.protocol import HeldTable, Value, Warehouse

# what the delivery holds, before anything is left out as unusable
_LEADS, _ADVISORS = "stg_salesforce__leads", "stg_fintrx__advisors"


def find_person(
    current: Warehouse, tables: Sequence[HeldTable], crd: int | None, lead_ids: Sequence[str]
) -> Person:
    """Find every key of the person whom one key names; with both kinds given, these are all.

    Args:
        current: The warehouse.
        tables: Its tables.
        crd: CRD number, if given.
        lead_ids: Salesforce keys, if given.

    Raises:
        InputError: The keys lead to several people.
        WarehouseError: The warehouse cannot be read.
    """
    search = _Search(current, tables)
    if crd is None:
        numbers = {number for _, number in search.pairs(None, lead_ids) if number}
        if len(numbers) > 1:
            raise _several(f"Lead {', '.join(lead_ids)} bore several CRD numbers", numbers)
        crd = next(iter(numbers), None)
        lead_ids = _leads_of(search, crd, lead_ids)
    elif not lead_ids:
        lead_ids = _leads_of(search, crd, ())
    names = search.names(crd) if crd else ()
    return Person(crd, tuple(sorted(set(lead_ids))), names, tuple(dict.fromkeys(search.notes)))


def _leads_of(search: "_Search", crd: int | None, lead_ids: Sequence[str]) -> Sequence[str]:
    """Return these leads and those that bore the CRD number, provided that they bore no other."""
    if crd is None:
        return lead_ids
    found = {lead for lead, _ in search.pairs(crd, ()) if lead} | set(lead_ids)
    others = {(lead, n) for lead, n in search.pairs(None, sorted(found)) if n}
    several = {f"{lead}: {number}" for lead, number in others if number != crd}
    if several:
        raise _several(f"Leads of CRD {crd} bore other CRD numbers too", several)
    return sorted(found)


def _several(what: str, found: Iterable[object]) -> InputError:
    return InputError(
        f"{what} ({', '.join(sorted(map(str, found)))}).",
        why="They were typed by hand: one of them may be another person, who did not ask.",
        where="leads and scores of all published days",
        fix="Look in Salesforce which keys are the person's, and give all of them: "
        "--crd N --lead ID --lead ID.",
    )


class _Search:
    """Asks the tables, and the delivery where it can still be read.

    Args:
        current: The warehouse.
        tables: Its tables.
    """

    def __init__(self, current: Warehouse, tables: Sequence[HeldTable]) -> None:
        self._current, self._tables = current, tables
        self.notes: list[str] = []

    def pairs(self, crd: int | None, lead_ids: Sequence[str]) -> set[tuple[str | None, int | None]]:
        """Return lead and CRD number wherever both stand together and one of them is given."""
        conditions: list[str] = []
        parameters: list[Value] = []
        if crd is not None:
            conditions, parameters = ["advisor_crd = ?"], [crd]
        if lead_ids:
            conditions.append(f"lead_id in ({', '.join('?' for _ in lead_ids)})")
            parameters += lead_ids
        if not conditions:
            return set()
        condition = f"({' or '.join(conditions)})"
        rows = self._rows(("lead_id", "advisor_crd"), _LEADS, condition, parameters)
        return {(row["lead_id"], row["advisor_crd"]) for row in rows}

    def names(self, crd: int) -> tuple[tuple[str, str], ...]:
        """Return given and family name, as often as they differ."""
        columns = ("first_name", "last_name")
        rows = self._rows(columns, _ADVISORS, "advisor_crd = ?", [crd])
        found = {(row["first_name"], row["last_name"]) for row in rows}
        return tuple(sorted((first, last) for first, last in found if first and last))

    def _rows(
        self, columns: Sequence[str], delivered: str, condition: str, parameters: Sequence[Value]
    ) -> list[dict[str, Any]]:
        """Return columns of all tables that have them and the advisor, and of the delivery."""
        listed = ", ".join(columns)
        wanted = {*columns, "advisor_crd"}
        holders = [table for table in self._tables if wanted <= set(table.columns)]
        selects = [selected(table, f"distinct {listed}", condition) for table in holders]
        found: list[dict[str, Any]] = []
        if selects:
            values = [value for _ in selects for value in parameters]
            found += self._current.query(" union all ".join(selects), values).to_pylist()
        sql = f"select distinct {listed} from {delivered} where {condition}"  # noqa: S608 - our own
        try:
            found += self._current.query(sql, parameters).to_pylist()
        except WarehouseError as error:
            self.notes.append(
                f"{delivered}, for further keys and names, cannot be read: {error.what}"
            )
        return found
