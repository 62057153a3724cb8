"""What was sent and what became of it: appends to `<destination>_delivery_log` (decision 0010)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from python_scoring.destinations.channel import Destination, Record, Verdict
from python_scoring.io.warehouse.current import warehouse

# a row is named by these: writing the same ones again changes nothing
KEY = ("batch_id", "lead_id", "delivery_result")


@dataclass(frozen=True)
class UnfinishedBatch:
    """A batch that was sent, or was about to be, and whose result was never written down."""

    batch_id: str
    send_method: str


class DeliveryLog:
    """The log of one destination; each call appends all its rows or none.

    Args:
        destination: Whose log it is.
        require_lease: Raises WarehouseError where this sync may no longer be the only one.
    """

    def __init__(self, destination: Destination, require_lease: Callable[[], None]) -> None:
        self._name = destination.name
        self._relation = f"{destination.name}_delivery_log"
        self._columns = destination.logged
        self._require_lease = require_lease

    def unfinished(self) -> list[UnfinishedBatch]:
        """Return the batches without a result, oldest first."""
        relation = f"{self._name}_unfinished_batches"
        sql = f"select batch_id, send_method from {relation} order by sent_at, batch_id"  # noqa: S608
        return [UnfinishedBatch(**row) for row in warehouse().query(sql).to_pylist()]

    def record_sent(self, batch_id: str, send_method: str, records: Sequence[Record]) -> None:
        """Write down what is about to be sent.

        Raises:
            WarehouseError: It cannot be written, or another sync may have begun.
        """
        head = {"batch_id": batch_id, "send_method": send_method, "delivery_result": "sent"}
        moment = {"logged_at": _now()}
        rows = [
            head | moment | {column: record[name] for name, column in self._columns.items()}
            for record in records
        ]
        warehouse().append(self._relation, rows, KEY)
        self._require_lease()

    def settle(self, batch_id: str, verdicts: Sequence[Verdict]) -> dict[str, int]:
        """Write down the results of a batch; rows without a verdict are unconfirmed.

        The fields are taken from what was written down as sent, not from what the export says now.

        Returns:
            Rows by delivery_result.
        """
        codes = {verdict.lead_id: verdict.error_code for verdict in verdicts}
        sql = f"select * from {self._relation} where batch_id = ? and delivery_result = 'sent'"  # noqa: S608
        moment = {"logged_at": _now()}
        rows = [
            sent | _result(codes, sent["lead_id"]) | moment
            for sent in warehouse().query(sql, [batch_id]).to_pylist()
        ]
        warehouse().append(self._relation, rows, KEY)
        counts = Counter(row["delivery_result"] for row in rows)
        return dict(sorted(counts.items()))


def _result(codes: dict[str, str | None], lead_id: str) -> dict[str, str | None]:
    if lead_id not in codes:
        return {"delivery_result": "unconfirmed", "error_code": None}
    code = codes[lead_id]
    return {"delivery_result": "rejected" if code else "accepted", "error_code": code}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
