"""Replays two deliveries that lie in BigQuery; everything is built and compared there."""

import datetime as dt
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from python_scoring.errors import InputError, LeadScoringError
from python_scoring.io.dbt import run_dbt, words_of
from python_scoring.io.warehouse.current import warehouse
from python_scoring.leakage.replay.compare import Build, Comparison, Select, compare_builds
from python_scoring.leakage.replay.run import features_of

# of the output in profiles.yml, which dbt builds into
DATASET_VARIABLE = "LEAD_SCORING_BQ_DATASET"
# a project may bear its organisation's domain: example.com:project
_DATASET = r"(?:((?:[a-z0-9.-]+:)?[a-z][a-z0-9-]*[a-z0-9])\.)?([A-Za-z_][A-Za-z0-9_]*)"
_DELIVERY = re.compile(rf"{_DATASET}(?:,{_DATASET})?(?:@(\S+))?")
Progress = Callable[[str], None]


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


def replay_datasets(
    project: Path,
    earlier: str,
    later: str,
    *,
    before: dt.date | None,
    model: str,
    dbt_vars: dict[str, Any],
    progress: Progress,
) -> Comparison:
    """Build the features of two deliveries in scratch datasets, compare them there, drop them.

    Args:
        project: Folder of the dbt project.
        earlier: The earlier delivery, as `parse_delivery` reads it.
        later: The later delivery of the same sources.
        before: Day of the earlier delivery; None takes the newest contact in it.
        model: Feature model.
        dbt_vars: Further vars for both builds.
        progress: Called with what happens next.

    Raises:
        InputError: They are no two deliveries.
        LeadScoringError: dbt fails, or nothing can be compared.
        WarehouseError: BigQuery refuses, or cannot be reached.
    """
    deliveries = _two_deliveries(earlier, later)
    features = features_of(project, model)
    here = warehouse()
    select, target_project = here.query, here.place.rpartition(".")[0]
    builds: dict[str, Build] = {}
    day = before
    with tempfile.TemporaryDirectory(prefix="replay-") as folder, ExitStack() as stack:
        run = uuid4().hex[:12]
        for side, delivery in deliveries.items():
            progress(f"building the {side} delivery, {delivery.text}")
            dataset = f"lead_scoring_replay_{run}_{side}"
            scratch = _Scratch(project, dataset, target_project, delivery, Path(folder))
            stack.enter_context(scratch.opened())
            newest = _newest_contact(select, scratch)
            day = day or newest
            scratch.build(model, max(day, newest), dbt_vars)
            builds[side] = scratch.readable(model)
        progress("comparing")
        return compare_builds(select, builds["earlier"], builds["later"], features, day or newest)


def _two_deliveries(earlier: str, later: str) -> dict[str, Delivery]:
    """Return the deliveries by side, and refuse one that is compared with itself."""
    deliveries = {"earlier": parse_delivery(earlier), "later": parse_delivery(later)}
    if earlier == later:
        raise InputError(
            "The earlier and the later delivery are the same.",
            why="A comparison of something with itself would look like a pass.",
            where=earlier,
            fix="Name a copy, a snapshot, or the same datasets as they were: DATASET@MOMENT.",
        )
    return deliveries


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

    def build(self, model: str, day: dt.date, dbt_vars: Mapping[str, Any]) -> None:
        """Build as on the delivery's own day, so that a feature that asks for today differs."""
        days = {"score_date": day.isoformat(), "analysis_date": day.isoformat()}
        copied = {} if self.delivery.moment is None else self._copies.dbt_vars
        self._dbt(["run", "--select", f"+{model}"], copied | days | dict(dbt_vars))

    def readable(self, model: str) -> Build:
        """Return the relations that are compared."""
        return Build(
            self._relation((self.target_project, self.dataset), model),
            self.source("fintrx", "ria_contacts_current"),
            self.source("fintrx", "contact_registered_employment_history"),
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


def _newest_contact(select: Select, scratch: _Scratch) -> dt.date:
    leads = scratch.source("salesforce", "Lead")
    found = select(f"select max(cast(stage_entered_contacting__c as date)) as day from {leads}")
    newest: dt.date | None = found.to_pylist()[0]["day"]
    if newest is None:
        raise LeadScoringError(
            "No lead of the delivery was contacted, so it has no past to compare.",
            where=leads,
            fix="Give a delivery with contacted leads.",
        )
    return newest
