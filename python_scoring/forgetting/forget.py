"""Forgets a person: looks what holds the person, removes it, and looks again (decision 0026)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_scoring.errors import WarehouseError
from python_scoring.forgetting.elsewhere import STAYS, to_ask
from python_scoring.forgetting.files import files_that_name, remove_files, written_places
from python_scoring.forgetting.lookup import find_person
from python_scoring.forgetting.person import Person
from python_scoring.forgetting.relations import removals_of, rows_of, tables_that_name
from python_scoring.io.forget_key import keyed_hash, required_forget_key
from python_scoring.io.project import SEEDS
from python_scoring.io.warehouse.current import warehouse
from python_scoring.io.warehouse.duckdb import DuckDb, database_path
from python_scoring.io.warehouse.protocol import Removal, Warehouse

TOMBSTONES = "forgotten_people"


@dataclass(frozen=True)
class Holding:
    """A table that holds the person.

    Args:
        table: Its name.
        rows: Rows concerned.
        treatment: "rows removed", or the columns that become null.
    """

    table: str
    rows: int
    treatment: str


@dataclass(frozen=True)
class Forgetting:
    """What a run found, and what it did.

    Args:
        person: Who it is.
        tables: What the tables hold, or held.
        files: Files that name the person, or did; they are removed whole.
        applied: Whether all of this was removed.
        left: What still names the person after that, in sentences; empty in a dry run.
        to_ask: What others hold, and what to ask them.
        stays: What is kept, with the reason.
    """

    person: Person
    tables: list[Holding]
    files: list[Path]
    applied: bool
    left: list[str]
    to_ask: list[str]
    stays: tuple[str, ...] = STAYS

    def record(self) -> dict[str, Any]:
        """Return it as JSON names it."""
        return {
            "advisor_crd": self.person.advisor_crd,
            "lead_ids": list(self.person.lead_ids),
            "applied": self.applied,
            "tables": [vars(held) for held in self.tables],
            "files": [str(path) for path in self.files],
            "left": self.left,
            "to_ask": self.to_ask,
            "stays": list(self.stays),
            "notes": list(self.person.notes),
        }


def forget(
    crd: int | None, lead_ids: Sequence[str], places: Sequence[Path], *, apply: bool
) -> Forgetting:
    """Find everything that holds a person, and with `apply` remove it and remember not to rebuild.

    Files go first and tables last: as long as a table is left, a run that was killed finds the
    person's keys again, so running it once more ends it.

    Args:
        crd: CRD number, if given.
        lead_ids: Salesforce keys, if given; with a CRD number they are all that are meant.
        places: Files and folders to search beside target, logs and LEAD_SCORING_OUT.
        apply: Whether to remove anything.

    Raises:
        InputError: The keys lead to several people, a file cannot be read or removed, or the
            secret key is missing.
        WarehouseError: The warehouse cannot be read or written, another sync is running, or the
            people forgotten so far were remembered under another secret key.
    """
    current = warehouse()
    if apply:
        with current.only_sync() as require_lease:
            _require_same_key(current)
            found = _look(current, crd, lead_ids, places)
            remove_files(found.files)
            _remember(current, found.person)
            require_lease()
            current.remove(removals_of(current.tables(), found.person))
            return _after(current, found, places)
    return _look(current, crd, lead_ids, places)


def _look(
    current: Warehouse, crd: int | None, lead_ids: Sequence[str], places: Sequence[Path]
) -> Forgetting:
    tables = current.tables()
    person = find_person(current, tables, crd, lead_ids)
    removals = removals_of(tables, person)
    searched = written_places(places)
    sources, engine = [], "bigquery"
    if isinstance(current, DuckDb):
        sources, engine = files_that_name([_delivery()], person), "duckdb"
    seeds = files_that_name([SEEDS], person)
    return Forgetting(
        person,
        [
            Holding(removal.table.name, rows, _treatment(removal))
            for removal, rows in zip(removals, rows_of(current, removals), strict=True)
            if rows
        ],
        files_that_name(searched, person, _spared()),
        applied=False,
        left=[],
        to_ask=list(to_ask(person, sources, seeds, engine)),
    )


def _after(current: Warehouse, found: Forgetting, places: Sequence[Path]) -> Forgetting:
    """Look again, and with other eyes: by the texts of all tables, and in the artifacts."""
    person = found.person
    tables = current.tables()
    removals = removals_of(tables, person)
    counts = zip(removals, rows_of(current, removals), strict=True)
    again = [removal.table.name for removal, rows in counts if rows]
    texts = tables_that_name(current, tables, person)
    left = [f"Table {name}." for name in dict.fromkeys([*again, *texts])]
    searched = written_places([place for place in places if place.exists()])
    left += [f"File {path}." for path in files_that_name(searched, person, _spared())]
    if isinstance(current, DuckDb):
        # numbers are no texts there, and tell nothing without their column: the tables were asked
        texts_only = replace(person, advisor_crd=None)
        left += [f"Bytes of {path}." for path in files_that_name([database_path()], texts_only)]
    left += [f"Artifact {path}." for path in _artifacts_that_name(person)]
    return Forgetting(person, found.tables, found.files, True, left, found.to_ask)


def _treatment(removal: Removal) -> str:
    return f"{', '.join(removal.blanked)} emptied" if removal.blanked else "rows removed"


def _require_same_key(current: Warehouse) -> None:
    """Refuse a secret key under which the people forgotten so far could not be recognised."""
    key = required_forget_key()
    if not current.columns_of(TOMBSTONES):
        raise WarehouseError(
            f"{current.name} holds no relation {TOMBSTONES}.",
            why="Without it the next delivery would bring the person back.",
            where=current.place,
            fix="Build once with this version of the project, then run again.",
        )
    sql = f"select count(*) as others from {TOMBSTONES} where key_check != ?"  # noqa: S608
    if current.query(sql, [keyed_hash(key, "check")])["others"][0].as_py():
        raise WarehouseError(
            "LEAD_SCORING_FORGET_KEY is not the key under which others were forgotten.",
            why="Builds know one key: people of the other one would come back.",
            where=f"relation {TOMBSTONES} of {current.place}",
            fix="Set the key that was used before (docs/operations/forget.md).",
        )


def _remember(current: Warehouse, person: Person) -> None:
    """Append a keyed hash for each key of the person; what is there already stays."""
    key, today = required_forget_key(), datetime.now(UTC).date()
    keys = [("lead", lead) for lead in person.lead_ids]
    keys += [("advisor", str(person.advisor_crd))] if person.advisor_crd else []
    rows = [
        {
            "key_kind": kind,
            "key_hash": keyed_hash(key, kind, value),
            "key_check": keyed_hash(key, "check"),
            "forgotten_date": today,
        }
        for kind, value in keys
    ]
    current.append(TOMBSTONES, rows, ["key_hash"])


def _delivery() -> Path:
    return Path(os.environ.get("LEAD_SCORING_DATA") or "seeds/demo")


def _spared() -> list[Path]:
    """Return what is never removed wherever it lies: deliveries, seeds, models, the database."""
    models = os.environ.get("LEAD_SCORING_MODELS") or ""
    return [_delivery(), SEEDS, database_path(), *([Path(models)] if models else [])]


def _artifacts_that_name(person: Person) -> list[str]:
    # it brings XGBoost, which takes seconds to import
    from python_scoring.model.registry import Registry

    registry, found = Registry(), list[str]()
    for version in registry.versions():
        with registry.opened(version) as folder:
            files = files_that_name([folder], person)
            found += [f"{version}/{path.name}" for path in files]
    return found
