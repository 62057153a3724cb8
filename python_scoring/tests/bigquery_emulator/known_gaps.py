"""Reads known_gaps.yml, and checks that each gap is still there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import bigquery

LIST = Path(__file__).with_name("known_gaps.yml")


@dataclass(frozen=True)
class Gap:
    """One entry of the list; its keys are explained there."""

    gap: str
    reason: str
    covered_by: str
    exclude: Sequence[str] = ()
    stand_in: Sequence[str] = ()
    macro: str = ""
    columns: Sequence[str] = ()
    refuses: str = ""
    accepts: str = ""

    def is_closed(self, client: bigquery.Client) -> bool:
        """Whether the emulator now does as BigQuery does; a gap without a probe never is."""
        works = {sql: _works(client, sql) for sql in (self.refuses, self.accepts) if sql}
        return works.get(self.refuses, False) or not works.get(self.accepts, True)


def read_gaps() -> list[Gap]:
    """Read the list in its order."""
    return [Gap(**entry) for entry in yaml.safe_load(LIST.read_text(encoding="utf-8"))]


def _works(client: bigquery.Client, sql: str) -> bool:
    try:
        client.query(sql, job_retry=None).result(job_retry=None)
    except GoogleAPICallError:
        return False
    return True
