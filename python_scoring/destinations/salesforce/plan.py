"""One delivery: settle what was cut off, see what is due, check the org, send, account for it."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenacity import Retrying, retry_if_result, stop_after_attempt

from python_scoring.destinations.salesforce.channels import (
    BULK_ABOVE,
    Bulk,
    Channel,
    Collections,
    Verdict,
)
from python_scoring.destinations.salesforce.delivery_log import DeliveryLog
from python_scoring.destinations.salesforce.fields import OBJECT, Field
from python_scoring.destinations.salesforce.org import ATTEMPTS, BACKOFF, LOCKED, Org
from python_scoring.destinations.salesforce.payload import (
    Payload,
    Record,
    to_payload,
    write_payload,
)
from python_scoring.destinations.salesforce.preflight import findings
from python_scoring.errors import DeliveryError, WarehouseError
from python_scoring.io.warehouse import query

_STATUS = "select lead_id, delivery_status from salesforce_delivery_status"
_ORDER = ("new", "changed", "unchanged", "suppressed", "invalid", "closed")


@dataclass(frozen=True)
class Plan:
    """What is due: the payload, and every lead of the day counted once by status."""

    payload: Payload
    totals: dict[str, int]


@dataclass(frozen=True)
class Delivery:
    """What became of the rows due; `rejected` by Salesforce's code, the last one of each row."""

    accepted: int
    rejected: dict[str, int]
    unconfirmed: int


def check_target() -> None:
    """Refuse a target whose delivery log cannot be written.

    Raises:
        WarehouseError: The target is not DuckDB.
    """
    target = os.environ.get("LEAD_SCORING_TARGET", "duckdb")
    if target != "duckdb":
        raise WarehouseError(
            f"`sync salesforce` cannot deliver from the target {target} yet.",
            why="Its delivery log is written through DuckDB only; without a log of what was "
            "accepted, a cut would lose rows or send them twice.",
            where="LEAD_SCORING_TARGET",
            fix="Build the day on DuckDB and deliver from there.",
        )


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


def plan_delivery(fields: Sequence[Field], out: Path) -> Plan:
    """Read what is due from the warehouse and write it to `out`.

    Raises:
        WarehouseError: The warehouse holds no build.
        InputError: Export and field list differ.
    """
    export = query("select * from salesforce_lead_scores")
    statuses = {row["lead_id"]: row["delivery_status"] for row in query(_STATUS).to_pylist()}
    payload = to_payload(export, fields)
    counts = Counter(statuses.values())
    for row in payload.invalid:
        counts[statuses[row.Id]] -= 1
        counts["invalid"] += 1
    totals = {status: counts[status] for status in _ORDER}
    write_payload(out, payload, totals)
    return Plan(payload, totals)


def check_org(fields: Sequence[Field], org: Org) -> list[str]:
    """Return everything that keeps the org from taking the rows."""
    return findings(fields, org.json("GET", f"sobjects/{OBJECT}/describe"))


def channels_to(org: Org) -> dict[str, Channel]:
    """Return the ways to send, by send_method."""
    return {channel.send_method: channel for channel in (Collections(org), Bulk(org))}


def deliver(
    records: Sequence[Record],
    channels: Mapping[str, Channel],
    log: DeliveryLog,
    sleep: Callable[[float], None],
    progress: Callable[[int], None] = lambda rows: None,
) -> Delivery:
    """Send the rows batch by batch; those that met a lock again, with growing pauses.

    Args:
        records: Rows due, each Id once.
        channels: By send_method; many rows go by bulk, few as collections.
        log: Written before and after each batch.
        sleep: Waits so many seconds.
        progress: Told how many rows each batch had, those tried again left out.

    Raises:
        DeliveryError: A batch could not be sent, or its result not be had. What was accepted
            before is recorded, and the next run begins with this batch.
    """
    last: dict[str, str | None] = {}
    waiting = list(records)

    def one_round() -> bool:
        nonlocal waiting
        first_round = not last
        send_method = "bulk" if len(waiting) > BULK_ABOVE else "collection"
        for batch in _batches(waiting, channels[send_method].batch_rows):
            last.update({v.lead_id: v.error_code for v in _send(batch, channels[send_method], log)})
            progress(len(batch) if first_round else 0)
        waiting = [record for record in waiting if last.get(record["Id"]) == LOCKED]
        return bool(waiting)

    try:
        Retrying(
            retry=retry_if_result(bool),
            stop=stop_after_attempt(ATTEMPTS),
            wait=BACKOFF,
            sleep=sleep,
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
