"""Deliveries in BigQuery: features are built there, each delivery in a scratch dataset."""

import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa

from python_scoring.errors import InputError, LeadScoringError
from python_scoring.io.dbt import run_dbt, words_of
from python_scoring.io.warehouse.current import warehouse
from python_scoring.io.warehouse.protocol import Warehouse
from python_scoring.leakage.replay.compare import Build

# of the output in profiles.yml, which dbt builds into
DATASET_VARIABLE = "LEAD_SCORING_BQ_DATASET"
# a project may bear its organisation's domain: example.com:project
_DATASET = r"(?:((?:[a-z0-9.-]+:)?[a-z][a-z0-9-]*[a-z0-9])\.)?([A-Za-z_][A-Za-z0-9_]*)"
_DELIVERY = re.compile(rf"{_DATASET}(?:,{_DATASET})?(?:@(\S+))?")


@dataclass(frozen=True)
class Delivery:
    """Where the four sources of a delivery lie.

    Args:
        text: As it was named.
        fintrx: Project (empty: that of the target) and dataset.
        salesforce: The same.
        moment: The sources as they were then; as they are now where None.
    """

    text: str
    fintrx: tuple[str, str]
    salesforce: tuple[str, str]
    moment: dt.datetime | None

    @property
    def moment_text(self) -> str:
        """The moment in UTC, as a literal of SQL holds it; empty for now."""
        return self.moment.astimezone(dt.UTC).isoformat(" ") if self.moment else ""

    @property
    def dbt_vars(self) -> dict[str, str]:
        """The project's vars that say where sources lie."""
        named = {"fintrx": self.fintrx, "salesforce": self.salesforce}
        return {
            f"{source}_{part}": value
            for source, place in named.items()
            for part, value in zip(("project", "dataset"), place, strict=True)
        }


def parse_delivery(text: str) -> Delivery:
    """Read `DATASET`, `FINTRX_DATASET,SALESFORCE_DATASET`, each with `@MOMENT` or without.

    Raises:
        InputError: It is none, or its moment has no time zone.
    """
    parts = _DELIVERY.fullmatch(text)
    try:
        moment = dt.datetime.fromisoformat(parts[5]) if parts and parts[5] else None
    except ValueError:
        parts = moment = None
    if parts is None or (moment is not None and moment.tzinfo is None):
        raise InputError(
            f"{text!r} names no delivery in BigQuery.",
            why="The replay builds the features of two deliveries of all four sources.",
            where="--earlier, --later",
            fix="Give DATASET where all four lie in one, else FINTRX_DATASET,SALESFORCE_DATASET; "
            "PROJECT.DATASET where it is another project's; @2025-07-01T06:00:00+00:00 after it "
            "for the sources as they were then.",
        )
    fintrx = (parts[1] or "", parts[2])
    salesforce = (parts[3] or "", parts[4]) if parts[4] else fintrx
    return Delivery(text, fintrx, salesforce, moment)


def two_deliveries(earlier: str, later: str) -> dict[str, Delivery]:
    """Return the delivery of each side.

    Args:
        earlier: The earlier delivery, as `parse_delivery` reads it.
        later: The later delivery of the same sources.

    Raises:
        InputError: One is none, or it is compared with itself.
    """
    deliveries = {"earlier": parse_delivery(earlier), "later": parse_delivery(later)}
    if earlier == later:
        raise InputError(
            "The earlier and the later delivery are the same.",
            why="A comparison of something with itself would look like a pass.",
            where=earlier,
            fix="Name a copy, a snapshot, or the same datasets as they were: DATASET@MOMENT.",
        )
    return deliveries | {"alone": deliveries["later"]}


@dataclass(frozen=True)
class DatasetBuilds:
    """The deliveries of a replay, by side; each is built in a scratch dataset.

    Args:
        project: Folder of the dbt project.
        deliveries: The delivery of each side.
        model: Feature model to build.
        dbt_vars: Further vars of every build.
        here: The warehouse of the target, whose project takes the scratch datasets.
        run: Beginning of the scratch datasets' names.
        folder: Takes what dbt writes.
        opened: Drops at its end what was made.
    """

    project: Path
    deliveries: Mapping[str, Delivery]
    model: str
    dbt_vars: Mapping[str, Any]
    here: Warehouse
    run: str
    folder: Path
    opened: ExitStack
    _scratches: dict[str, "_Scratch"] = field(default_factory=dict)

    def newest_contact(self, side: str) -> dt.date:
        """Return the day of the newest contact in a delivery.

        Raises:
            LeadScoringError: Nobody was contacted.
        """
        leads = self._scratch(side).source("salesforce", "Lead")
        newest = f"select max(cast(stage_entered_contacting__c as date)) as day from {leads}"
        day: dt.date | None = self.select(newest).to_pylist()[0]["day"]
        if day is None:
            raise LeadScoringError(
                "No lead of the delivery was contacted, so it has no past to compare.",
                where=leads,
                fix="Give a delivery with contacted leads.",
            )
        return day

    def build(
        self, side: str, day: dt.date, *, archived: bool = False, after: str | None = None
    ) -> Build:
        """Build a delivery as on its own day; args and errors as of `FolderBuilds.build`."""
        scratch = self._scratch(side)
        if after:
            scratch.continue_archive(self._scratch(after))
        names = ("score_date", "analysis_date", *(("delivery_date",) if archived else ()))
        scratch.build(self.model, dict.fromkeys(names, day.isoformat()) | dict(self.dbt_vars))
        return scratch.readable(self.model)

    def select(self, sql: str) -> pa.Table:
        """Run a select in BigQuery."""
        return self.here.query(sql)

    def _scratch(self, side: str) -> "_Scratch":
        if side not in self._scratches:
            target_project = self.here.place.rpartition(".")[0]
            dataset, delivery = f"{self.run}_{side}", self.deliveries[side]
            scratch = _Scratch(self.project, dataset, target_project, delivery, self.folder)
            self.opened.enter_context(scratch.opened())
            self._scratches[side] = scratch
        return self._scratches[side]


@contextmanager
def dataset_builds(
    project: Path, deliveries: Mapping[str, Delivery], model: str, dbt_vars: Mapping[str, Any]
) -> Iterator[DatasetBuilds]:
    """Yield where the deliveries of a replay are built, and drop at the end what was made there.

    Args as of `DatasetBuilds`.

    Raises:
        WarehouseError: BigQuery refuses, or cannot be reached.
    """
    run, here = f"lead_scoring_replay_{uuid4().hex[:12]}", warehouse()
    with tempfile.TemporaryDirectory(prefix="replay-") as folder, ExitStack() as opened:
        yield DatasetBuilds(project, deliveries, model, dbt_vars, here, run, Path(folder), opened)


@dataclass(frozen=True)
class _Scratch:
    """A dataset of its own for one delivery; dbt makes, fills and drops it."""

    project: Path
    dataset: str
    target_project: str
    delivery: Delivery
    folder: Path

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Make the dataset, with the sources as they were where that is asked; drop it at the end.

        Should neither end be reached, its tables vanish after a day.
        """
        moment = self.delivery.moment_text
        at = {"moment": moment} if moment else {}
        close = ["run-operation", "close_replay", "--args", self._arguments({})]
        try:
            self._dbt(["run-operation", "open_replay", "--args", self._arguments(at)], {})
            yield
        except BaseException:
            with suppress(LeadScoringError):  # what went wrong first is told
                self._dbt(close, {})
            raise
        self._dbt(close, {})

    def continue_archive(self, earlier: "_Scratch") -> None:
        """Give the dataset the archive of arrivals of another one, for a build to go on with."""
        words = ["run-operation", "continue_archive", "--args"]
        self._dbt([*words, self._arguments({"earlier": earlier.dataset})], {})

    def build(self, model: str, dbt_vars: Mapping[str, Any]) -> None:
        """Run dbt for what is compared, and its ancestors."""
        copied = {} if self.delivery.moment is None else self._copies.dbt_vars
        kinds = ["--resource-type", "model", "--resource-type", "seed"]
        chosen = ["--select", f"+{model}", "+int_registrations"]
        self._dbt(["build", *kinds, *chosen], copied | dict(dbt_vars))

    def readable(self, model: str) -> Build:
        """Return the relations that are compared."""
        place = (self.target_project, self.dataset)
        return Build(
            self._relation(place, model),
            self.source("fintrx", "ria_contacts_current"),
            self.source("fintrx", "contact_registered_employment_history"),
            self.source("fintrx", "Firm_historicals"),
            self._relation(place, "int_registrations"),
            self._relation(place, "int_firm_months"),
        )

    def source(self, name: str, table: str) -> str:
        """Return a table of a source, as it is read by the build."""
        read = self.delivery if self.delivery.moment is None else self._copies
        return self._relation(read.fintrx if name == "fintrx" else read.salesforce, table)

    @property
    def _copies(self) -> Delivery:
        place = (self.target_project, self.dataset)
        return Delivery(self.delivery.text, place, place, None)

    def _relation(self, place: tuple[str, str], name: str) -> str:
        return f"`{place[0] or self.target_project}`.`{place[1]}`.`{name}`"

    def _arguments(self, more: Mapping[str, str]) -> str:
        return json.dumps({"dataset": self.dataset} | dict(more))

    def _dbt(self, words: list[str], dbt_vars: Mapping[str, Any]) -> None:
        folders = ["--project-dir", str(self.project)]
        folders += ["--target-path", str(self.folder / "target")]
        folders += ["--log-path", str(self.folder / "logs")]
        named = self.delivery.dbt_vars | dict(dbt_vars)
        done = run_dbt(["--quiet", *words, *folders], named, {DATASET_VARIABLE: self.dataset})
        if done.returncode:
            raise LeadScoringError(
                f"dbt {words[0]} failed for the delivery {self.delivery.text}.",
                why="Without both builds nothing can be compared.",
                where=f"{self.target_project}.{self.dataset}: {words_of(done)}",
                fix="Mend what dbt says; rights are listed in docs/guides/bigquery.md.",
            )
