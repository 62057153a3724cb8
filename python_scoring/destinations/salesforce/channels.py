"""The two ways to update rows by Id: collections of at most 200, and Bulk API 2.0 jobs.

The jobs are driven step by step, since simple-salesforce's own `bulk2` tells the id of a job only
when it has ended, and aborts it when it is interrupted: nothing could be resumed.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from python_scoring.destinations.channel import Record, Verdict
from python_scoring.destinations.salesforce.fields import OBJECT
from python_scoring.destinations.salesforce.org import Org
from python_scoring.errors import DeliveryError

BULK_ABOVE = 2_000
# How long to wait for one job before leaving it to the next run.
PATIENCE_SECONDS = 3_600
_ENDED = ("JobComplete", "Failed", "Aborted")
_INGEST = "jobs/ingest"


class Collections:
    """Synchronous updates of at most 200 rows, each accepted or rejected by itself."""

    send_method = "collection"
    batch_rows = 200

    def __init__(self, org: Org) -> None:
        self._org = org

    def open(self) -> str:
        """Return an id of our own: Salesforce has none for a collection."""
        return f"collection-{uuid4()}"

    def send(self, batch_id: str, records: Sequence[Record]) -> list[Verdict]:
        """Update the rows; Salesforce answers in their order."""
        rows = [{"attributes": {"type": OBJECT}} | record for record in records]
        body = {"allOrNone": False, "records": rows}
        answers = self._org.json("PATCH", "composite/sobjects", json=body)
        if not isinstance(answers, list) or len(answers) != len(records):
            raise DeliveryError(
                "Salesforce did not answer for each row.",
                why="Nobody can tell which rows it took.",
                where="PATCH composite/sobjects",
                fix="Run again: the batch is sent once more.",
            )
        return [
            Verdict(record["Id"], None if answer["success"] else _code_of(answer))
            for record, answer in zip(records, answers, strict=True)
        ]

    def resume(self, batch_id: str) -> list[Verdict]:
        """Return nothing: an answer that was not received cannot be asked for again."""
        return []


def _code_of(answer: dict[str, Any]) -> str:
    errors = answer.get("errors") or [{}]
    return str(errors[0].get("statusCode", "UNKNOWN_EXCEPTION"))


class Bulk:
    """Bulk API 2.0 ingest jobs."""

    send_method = "bulk"
    # about 20 MB of CSV; Salesforce takes 100
    batch_rows = 50_000

    def __init__(self, org: Org) -> None:
        self._org = org

    def open(self) -> str:
        """Create a job. One that is lost here is empty, and Salesforce removes it in a week."""
        job = {"object": OBJECT, "operation": "update", "contentType": "CSV", "lineEnding": "LF"}
        return str(self._org.json("POST", _INGEST, json=job)["id"])

    def send(self, batch_id: str, records: Sequence[Record]) -> list[Verdict]:
        """Upload the rows, start the job and wait until it has ended."""
        job = f"{_INGEST}/{batch_id}"
        try:
            self._org.request(
                "PUT",
                f"{job}/batches",
                data=_to_csv(records).encode(),
                headers={"Content-Type": "text/csv; charset=UTF-8"},
            )
            self._org.request("PATCH", job, json={"state": "UploadComplete"})
        except DeliveryError:
            # a request that timed out may have worked, and its repetition is then refused
            if self._state(batch_id) == "Open":
                raise
        return self._verdicts(batch_id)

    def resume(self, batch_id: str) -> list[Verdict]:
        """Ask for the result. A job never started is aborted: Salesforce has read none of it."""
        state = self._state(batch_id)
        if state == "Open":
            self._org.request("PATCH", f"{_INGEST}/{batch_id}", json={"state": "Aborted"})
            return []
        return self._verdicts(batch_id) if state else []

    def _state(self, batch_id: str) -> str | None:
        """Return the job's state, None when Salesforce knows it no more (it keeps a week)."""
        try:
            return str(self._org.json("GET", f"{_INGEST}/{batch_id}")["state"])
        except DeliveryError as error:
            if getattr(error.__cause__, "status", None) == 404:
                return None
            raise

    def _verdicts(self, batch_id: str) -> list[Verdict]:
        self._wait(batch_id)
        accepted = self._results(batch_id, "successfulResults")
        rejected = self._results(batch_id, "failedResults")
        return [Verdict(row["Id"], None) for row in accepted] + [
            Verdict(row["Id"], row["sf__Error"].split(":")[0]) for row in rejected
        ]

    def _wait(self, batch_id: str) -> None:
        polling = Retrying(
            retry=retry_if_result(lambda state: state is not None and state not in _ENDED),
            stop=stop_after_delay(PATIENCE_SECONDS),
            wait=wait_exponential(multiplier=0.5, max=30),
            sleep=self._org.sleep,
        )
        try:
            polling(self._state, batch_id)
        except RetryError as error:
            raise DeliveryError(
                f"Bulk job {batch_id} is still running.",
                why="Which of its rows Salesforce takes is not known yet.",
                fix="Run again later: it asks for this job's result before it sends anything.",
            ) from error

    def _results(self, batch_id: str, which: str) -> list[dict[str, str]]:
        response = self._org.request("GET", f"{_INGEST}/{batch_id}/{which}")
        text = response.content.decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))


def _to_csv(records: Sequence[Record]) -> str:
    """Return CSV as Salesforce reads it: an empty value would leave a field as it is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(records[0])
    writer.writerows([_csv_value(value) for value in record.values()] for record in records)
    return text.getvalue()


def _csv_value(value: Any) -> Any:
    if value is None:
        return "#N/A"
    return str(value).lower() if isinstance(value, bool) else value
