"""Which build the published rows are of, and what became of builds since (decision 0014)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse.current import warehouse

# the relations that hold the newest published day, and those that hold every day
_NEWEST_ONLY = ("salesforce_leads", "prospect_call_list", "call_exclusions")
_EVERY_DAY = ("lead_scores_daily", "prospect_scores", "scored_features")

# not from the tables that keep every day: those are read by the day only
_NEWEST = """
select max(score_date) as score_date from (
    select max(score_date) as score_date from builds where result = 'published'
    union all select max(score_date) from salesforce_leads
    union all select max(score_date) from prospect_call_list
) as published
"""
_RECORD = "select * from builds where build_id = ? and result = 'published'"
_LAST = "select * from builds order by started_at desc, build_id limit 1"
# a publication adds its row in the same transaction, and none is ever removed
_PUBLISHED = "select count(*) as n from builds where result = 'published'"
_SHORT = 8


@dataclass(frozen=True)
class Build:
    """A build that has published its day.

    Args:
        build_id: dbt's invocation id; None for a day published before builds were recorded.
        score_date: The day.
        published_at: When, UTC; None as above.
        notes: What a reader should know besides: builds that failed since, later builds.
    """

    build_id: str | None
    score_date: date
    published_at: datetime | None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Such as `build 1a2b3c4d of 2025-06-30, published 2025-07-01 06:12 UTC`."""
        if self.build_id is None or self.published_at is None:
            return f"a build of {self.score_date} from before builds were recorded"
        told = f"{self.published_at:%Y-%m-%d %H:%M} UTC"
        return f"build {self.build_id[:_SHORT]} of {self.score_date}, published {told}"

    def lines(self) -> list[str]:
        """Return the build and its notes as lines for the terminal."""
        return [f"From {self}", *(f"  note: {note}" for note in self.notes)]

    def record(self) -> dict[str, Any]:
        """Return the build as the commands' JSON names it."""
        return {"build_id": self.build_id, "build_notes": list(self.notes)}


def newest_build() -> Build:
    """Return the build of the newest published day.

    Raises:
        WarehouseError: No database, nothing published, or relations of different builds.
    """
    current = warehouse()
    newest = _newest_day()
    if newest is None:
        raise WarehouseError(
            f"{current.name} holds no finished build: nothing was published yet.",
            why="Only what passed all tests is read." + _last_failure(),
            where=current.place,
            fix="Run `make build` and mend what it says.",
        )
    return build_of_day(newest)


def build_of_day(score_date: date) -> Build:
    """Return the build of a published day.

    Raises:
        WarehouseError: No database, or its rows are of more than one build.
    """
    is_newest = _newest_day() == score_date
    found = builds_by_relation(score_date, newest=is_newest)
    ids = {build_id for builds in found.values() for build_id in builds}
    if len(ids) > 1:
        told = "; ".join(f"{name}: {_names(builds)}" for name, builds in found.items() if builds)
        raise WarehouseError(
            f"What is published of {score_date} is of more than one build.",
            why="Scores, lists and reasons would not belong together.",
            where=f"{warehouse().place}: {told}",
            fix="Build the day again: `dbt build` publishes all of it together.",
        )
    build_id = next(iter(ids), None)
    rows = warehouse().query(_RECORD, [build_id]).to_pylist() if build_id else []
    published_at = rows[0]["ended_at"] if rows else None
    return Build(build_id, score_date, published_at, tuple(_notes(build_id, score_date)))


@contextmanager
def one_build(what: str) -> Iterator[None]:
    """Read all of the block from one build: each query sees what is published in its moment.

    Args:
        what: What the block reads, as the error names it.

    Raises:
        WarehouseError: A build was published meanwhile; whatever the block raised came of that.
    """
    before = _publications()
    try:
        yield
    finally:
        if _publications() != before:
            raise WarehouseError(
                f"A build was published while {what} were read.",
                why="Rows of one build would stand under the name and the totals of another.",
                where=warehouse().place,
                fix="Run the same command again.",
            )


def builds_by_relation(score_date: date, *, newest: bool) -> dict[str, set[str | None]]:
    """Return the builds whose rows each published relation holds of a day.

    Args:
        score_date: The day.
        newest: Whether it is the newest; lists and export hold no other.
    """
    found = {}
    for name in _EVERY_DAY:
        sql = f"select distinct build_id from {name} where score_date = ?"  # noqa: S608 - our own
        found[name] = set(warehouse().query(sql, [score_date])["build_id"].to_pylist())
    for name in _NEWEST_ONLY if newest else ():
        sql = f"select distinct build_id from {name}"  # noqa: S608 - our own name
        found[name] = set(warehouse().query(sql)["build_id"].to_pylist())
    return found


def failure_of_the_last_build() -> str:
    """Return, in words, that the last build failed and which; empty where it did not.

    For readers of what a build makes anew and does not publish, such as lead_training_set.
    """
    current = warehouse()
    last = current.query(_LAST).to_pylist() if current.columns_of("builds") else []
    if not last or last[0]["result"] != "failed":
        return ""
    return (
        f"The last build ({last[0]['build_id'][:_SHORT]}, {last[0]['score_date']}) failed: "
        f"{last[0]['failed_nodes'] or 'it was ended'}; what it made is read all the same."
    )


def _publications() -> int:
    return int(warehouse().query(_PUBLISHED)["n"][0].as_py())


def _newest_day() -> date | None:
    day: date | None = warehouse().query(_NEWEST)["score_date"][0].as_py()
    return day


def _notes(build_id: str | None, score_date: date) -> list[str]:
    last = warehouse().query(_LAST).to_pylist()
    if not last or last[0]["build_id"] == build_id:
        return []
    told = f"the last build ({last[0]['build_id'][:_SHORT]}, {last[0]['score_date']})"
    if last[0]["result"] == "failed":
        return [
            f"{told} failed and published nothing: {last[0]['failed_nodes'] or 'it was ended'}; "
            f"this is of {score_date}, as published before"
        ]
    return [f"{told} published another day"]


def _last_failure() -> str:
    last = warehouse().query(_LAST).to_pylist()
    return f" The last build failed: {last[0]['failed_nodes']}." if last else ""


def _names(builds: set[str | None]) -> str:
    return ", ".join(sorted((build or "before builds were recorded")[:_SHORT] for build in builds))
