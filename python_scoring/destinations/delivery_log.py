"""What was sent and what became of it: appends to `<destination>_delivery_log` (decision 0010)."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from python_scoring.destinations.channel import Destination, Record, Verdict
from python_scoring.errors import WarehouseError
from python_scoring.io.atomic import writing
from python_scoring.io.warehouse import database_path, query, transaction

_UNFINISHED = """
select batch_id, any_value(send_method) as send_method
from {log}
group by batch_id
having bool_and(delivery_result = 'sent')
order by min(logged_at), batch_id
"""
# the fields are taken from what was written down as sent, not from what the export says today
_SETTLE = """
insert into {log} by name
select sent.* replace (
    case
        when verdicts.lead_id is null then 'unconfirmed'
        when verdicts.error_code is null then 'accepted'
        else 'rejected'
    end as delivery_result,
    verdicts.error_code as error_code,
    ?::timestamp as logged_at
)
from {log} as sent
left join verdicts on sent.lead_id = verdicts.lead_id
where sent.batch_id = ?
returning delivery_result
"""
_VERDICTS = pa.schema([("lead_id", pa.string()), ("error_code", pa.string())])


@dataclass(frozen=True)
class UnfinishedBatch:
    """A batch that was sent, or was about to be, and whose result was never written down."""

    batch_id: str
    send_method: str


class DeliveryLog:
    """The log of one destination; each call is a transaction of its own."""

    def __init__(self, destination: Destination) -> None:
        self._relation = f"{destination.name}_delivery_log"
        self._columns = destination.logged

    def unfinished(self) -> list[UnfinishedBatch]:
        """Return the batches without a result, oldest first."""
        return [
            UnfinishedBatch(**row)
            for row in query(_UNFINISHED.format(log=self._relation)).to_pylist()
        ]

    def record_sent(self, batch_id: str, send_method: str, records: Sequence[Record]) -> None:
        """Write down what is about to be sent."""
        head = {"batch_id": batch_id, "send_method": send_method, "delivery_result": "sent"}
        rows = [
            head | {column: record[name] for name, column in self._columns.items()}
            for record in records
        ]
        with transaction() as connection:
            connection.register("rows", pa.Table.from_pylist(rows))
            connection.execute(
                f"insert into {self._relation} by name"  # noqa: S608 - our own name
                " select *, ?::timestamp as logged_at from rows",
                [_now()],
            )

    def settle(self, batch_id: str, verdicts: Sequence[Verdict]) -> dict[str, int]:
        """Write down the results of a batch; rows without a verdict are unconfirmed.

        Returns:
            Rows by delivery_result.
        """
        found = pa.Table.from_pylist([vars(verdict) for verdict in verdicts], _VERDICTS)
        with transaction() as connection:
            connection.register("verdicts", found)
            results = connection.execute(
                _SETTLE.format(log=self._relation), [_now(), batch_id]
            ).fetchall()
        told = [result for (result,) in results]
        return {result: told.count(result) for result in sorted(set(told))}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def only_sync() -> Iterator[None]:
    """Keep a second sync of the same warehouse away; the lock goes with the process that holds it.

    Raises:
        WarehouseError: Another sync is running.
        InputError: The lock's file cannot be written.
    """
    path = database_path().with_suffix(".sync.lock")
    with writing(path):
        file = path.open("w")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WarehouseError(
                "Another sync of this warehouse is running.",
                why="Both would send the same rows.",
                where=str(path),
                fix="Wait until it has ended.",
            ) from error
        yield
