"""One sync: settle what was cut off, see what is due, send it, account for every row."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenacity import (
    Retrying,
    retry_if_result,
    stop_after_attempt,
    wait_random_exponential,
)

from python_scoring.destinations.channel import Channel, Destination, Payload, Record, Verdict
from python_scoring.destinations.delivery_log import DeliveryLog
from python_scoring.errors import DeliveryError, WarehouseError
from python_scoring.io.atomic import atomic_file
from python_scoring.io.builds import Build, build_of_day, one_build
from python_scoring.io.warehouse.current import warehouse

STATUSES = ("new", "changed", "unchanged", "suppressed", "invalid", "closed")
ATTEMPTS = 6
# Seconds: between 0 and 1, 2, 4, ... 60, drawn anew each time, so that clients do not come in step.
BACKOFF = wait_random_exponential(multiplier=1, max=60)


@dataclass(frozen=True)
class Plan:
    """What is due: its build, the payload, and every lead of the day counted once by status."""

    build: Build
    payload: Payload
    totals: dict[str, int]


@dataclass(frozen=True)
class Delivery:
    """What became of the rows due; `rejected` by the vendor's code, the last one of each row."""

    accepted: int
    rejected: dict[str, int]
    unconfirmed: int


def settle_unfinished(log: DeliveryLog, channels: Mapping[str, Channel]) -> dict[str, int]:
    """Write down the results of batches that an earlier run left open.

    Args:
        log: Where they were recorded.
        channels: By send_method.

    Returns:
        Rows by delivery_result.
    """
    settled: Counter[str] = Counter()
    for batch in log.unfinished():
        verdicts = channels[batch.send_method].resume(batch.batch_id)
        settled.update(log.settle(batch.batch_id, verdicts))
    return dict(settled)


def plan_delivery(destination: Destination, out: Path) -> Plan:
    """Read what is due from the warehouse and write it to `out`.

    Raises:
        WarehouseError: Nothing is published, it is of more than one build, or one is published
            meanwhile.
        InputError: Export and field list differ.
    """
    current = warehouse()
    with one_build("the rows due"):
        build = _published(destination)
        due = current.query(f"select * from {destination.name}_lead_scores")  # noqa: S608 - our own name
        sql = f"select lead_id, delivery_status from {destination.name}_delivery_status"  # noqa: S608
        told = current.query(sql).to_pylist()
    statuses = {row["lead_id"]: row["delivery_status"] for row in told}
    payload = destination.payload(due)
    counts = Counter(statuses.values())
    for row in payload.invalid:
        counts[statuses[row.lead_id]] -= 1
        counts["invalid"] += 1
    plan = Plan(build, payload, {status: counts[status] for status in STATUSES})
    _write(out, plan, destination)
    return plan


def _published(destination: Destination) -> Build:
    sql = f"select max(score_date) as score_date from {destination.name}_leads"  # noqa: S608
    newest = warehouse().query(sql)["score_date"][0].as_py()
    if newest is None:
        raise WarehouseError(
            f"No lead is published for {destination.name}.",
            why="Only what passed all tests of a build is sent.",
            where=f"{destination.name}_leads in {warehouse().place}",
            fix="Run `dbt build` and mend what it says.",
        )
    return build_of_day(newest)


def deliver(
    records: Sequence[Record],
    destination: Destination,
    log: DeliveryLog,
    progress: Callable[[int], None] = lambda rows: None,
) -> Delivery:
    """Send the rows batch by batch; those that the vendor held busy again, with growing pauses.

    Args:
        records: Rows due, each lead once.
        destination: Where to.
        log: Written before and after each batch.
        progress: Called with the rows of each batch, those tried again left out.

    Raises:
        DeliveryError: A batch could not be sent, or its result not be had. What was accepted
            before is recorded, and the next run begins with this batch.
    """
    last: dict[str, str | None] = {}
    waiting = list(records)

    def one_round() -> bool:
        nonlocal waiting
        first_round = not last
        channel = destination.channel_for(len(waiting))
        for batch in _batches(waiting, channel.batch_rows):
            last.update({v.lead_id: v.error_code for v in _send(batch, channel, log)})
            progress(len(batch) if first_round else 0)
        busy = destination.busy_code
        waiting = [record for record in waiting if last.get(record[destination.key]) == busy]
        return bool(waiting)

    try:
        Retrying(
            retry=retry_if_result(bool),
            stop=stop_after_attempt(ATTEMPTS),
            wait=BACKOFF,
            sleep=destination.pause,
            retry_error_callback=lambda state: True,
        )(one_round)
    except DeliveryError as error:
        raise _cut(error, last, len(records)) from error
    codes = Counter(code for code in last.values() if code is not None)
    accepted = len(last) - codes.total()
    return Delivery(accepted, dict(sorted(codes.items())), len(records) - len(last))


def _send(batch: Sequence[Record], channel: Channel, log: DeliveryLog) -> list[Verdict]:
    batch_id = channel.open()
    log.record_sent(batch_id, channel.send_method, batch)
    verdicts = channel.send(batch_id, batch)
    log.settle(batch_id, verdicts)
    return verdicts


def _batches(records: Sequence[Record], rows: int) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), rows):
        yield records[start : start + rows]


def _cut(error: DeliveryError, last: dict[str, str | None], due: int) -> DeliveryError:
    accepted = sum(code is None for code in last.values())
    done = f"{accepted:,} of {due:,} rows were accepted before that, and are recorded."
    again = "Then run the same command again: it goes on where this run stopped."
    return DeliveryError(
        error.what, why=f"{error.why} {done}".strip(), where=error.where, fix=f"{error.fix} {again}"
    )


def _write(path: Path, plan: Plan, destination: Destination) -> None:
    """Write one JSON object: object, totals, records (one a line), invalid."""
    invalid = [
        {destination.key: row.lead_id, "field": row.field, "problem": row.problem}
        for row in plan.payload.invalid
    ]
    head = f'{{"object": {json.dumps(destination.object_name)},\n "totals": '
    with atomic_file(path) as beside, beside.open("w", encoding="utf-8") as file:
        file.write(f'{head}{json.dumps(plan.totals)},\n "records": [')
        for place, record in enumerate(plan.payload.records):
            file.write(f"{',' if place else ''}\n  {json.dumps(record, ensure_ascii=False)}")
        file.write(f'\n ],\n "invalid": {json.dumps(invalid)}\n}}\n')
