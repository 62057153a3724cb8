"""Salesforce as a destination: updates the scores of its leads by their Id."""

import os
from collections.abc import Mapping

import pyarrow as pa

from python_scoring.destinations.channel import Channel, Payload
from python_scoring.destinations.salesforce.channels import BULK_ABOVE, Bulk, Collections
from python_scoring.destinations.salesforce.credentials import login_from
from python_scoring.destinations.salesforce.fields import OBJECT, read_fields
from python_scoring.destinations.salesforce.org import LOCKED, Org
from python_scoring.destinations.salesforce.payload import to_payload
from python_scoring.destinations.salesforce.preflight import findings


class Salesforce:
    """The org of the credentials in the environment (SALESFORCE_..., docs/guides/salesforce.md)."""

    name = "salesforce"
    object_name = OBJECT
    key = "Id"
    busy_code = LOCKED

    def __init__(self) -> None:
        self._fields = read_fields()
        # the time of scoring is sent, and is no reason to send again: the log does not keep it
        self.logged: Mapping[str, str] = {
            field.name: field.column for field in self._fields if field.type != "datetime"
        }

    def payload(self, due: pa.Table) -> Payload:
        """Turn the rows due into records that Salesforce's JSON takes."""
        return to_payload(due, self._fields)

    def connect(self) -> None:
        """Read the credentials; the first request logs in."""
        self._org = Org(login_from(os.environ))

    def findings(self) -> list[str]:
        """Compare the field list with the org's description of the object."""
        return findings(self._fields, self._org.json("GET", f"sobjects/{OBJECT}/describe"))

    def channels(self) -> Mapping[str, Channel]:
        """Return collections and bulk jobs."""
        return {channel.send_method: channel for channel in (self._collections(), self._bulk())}

    def channel_for(self, rows: int) -> Channel:
        """Return bulk jobs for many rows, collections for few."""
        return self._bulk() if rows > BULK_ABOVE else self._collections()

    def pause(self, seconds: float) -> None:
        """Wait as the org's own retries do."""
        self._org.sleep(seconds)

    def _collections(self) -> Channel:
        return Collections(self._org)

    def _bulk(self) -> Channel:
        return Bulk(self._org)
