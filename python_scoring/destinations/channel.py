"""What a destination must offer so that `delivery` can send to it; knows no vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

Record = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What the vendor said of one row; `error_code` is None when it was accepted."""

    lead_id: str
    error_code: str | None


@dataclass(frozen=True)
class InvalidRow:
    """A row that cannot be sent: its lead, and the first field that the vendor would refuse."""

    lead_id: str | None
    field: str
    problem: str


@dataclass(frozen=True)
class Payload:
    """Records to send, in order of their key, and the rows that cannot be sent."""

    records: list[Record]
    invalid: list[InvalidRow]


class Channel(Protocol):
    """A way to send a batch: `open` names it beforehand, `resume` asks for it after a cut."""

    send_method: str
    batch_rows: int

    def open(self) -> str:
        """Return the id of a new batch."""

    def send(self, batch_id: str, records: Sequence[Record]) -> list[Verdict]:
        """Send the rows and return a verdict for each that the vendor answered for."""

    def resume(self, batch_id: str) -> list[Verdict]:
        """Return the verdicts of a batch that was cut off; make sure that no more will follow."""


class Destination(Protocol):
    """One vendor's system.

    Its name is the command's, and the prefix of its five relations: `<name>_leads` (every lead of
    the newest published day), `<name>_delivery_status` (the same, with its delivery_status),
    `<name>_unfinished_batches` (those of the log without a result),
    `<name>_lead_scores` (the rows due, in the vendor's field names) and `<name>_delivery_log`
    (append-only).

    Attributes:
        name: Such as salesforce.
        object_name: What is updated, in the vendor's words.
        key: Field of a record that holds the lead's id.
        logged: Field of a record to the column of the log that keeps it, the key's being lead_id.
        busy_code: Error code of a row that is worth sending again in the same run.
    """

    name: str
    object_name: str
    key: str
    logged: Mapping[str, str]
    busy_code: str

    def payload(self, due: pa.Table) -> Payload:
        """Turn the rows due into records.

        Raises:
            InputError: The relation lacks a field.
        """

    def connect(self) -> None:
        """Take the credentials; called before anything else is asked of the vendor.

        Raises:
            InputError: They are incomplete.
        """

    def findings(self) -> list[str]:
        """Ask the vendor what keeps it from taking the rows; empty when nothing does."""

    def channels(self) -> Mapping[str, Channel]:
        """Return the ways to send, by send_method."""

    def channel_for(self, rows: int) -> Channel:
        """Return the way to send so many rows."""

    def pause(self, seconds: float) -> None:
        """Wait before rows are sent again."""
