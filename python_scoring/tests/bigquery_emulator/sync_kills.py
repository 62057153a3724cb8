"""Kills the sync from the emulator at many moments; the next one goes on where it stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import bigquery

from python_scoring.io.dbt import PROFILES_EXAMPLE
from python_scoring.io.warehouse.lease import STALE_SECONDS
from python_scoring.tests.bigquery_emulator.emulator import PROJECT_ID
from python_scoring.tests.support.fake_salesforce import FakeOrg, serving
from python_scoring.tests.support.project_copy import PROJECT
from python_scoring.tests.support.salesforce_warehouse import VIEWS

KILLS, LEADS, COLLECTION_ROWS = 10, 600, 200
BUILT, DATASET = "ml_features", "synced"
_TABLES = [
    *("salesforce_leads", "lead_scores_daily", "builds", "call_exclusions"),
    *("scored_features", "prospect_scores", "prospect_call_list"),
]
_CODE = "from python_scoring.cli.main import main; main()"
_TAKEN = "select count(*) from sync_lease where holder is not null"
# what three minutes of waiting would do
_AGE = f"""
update sync_lease set renewed_at = timestamp_sub(renewed_at, interval {STALE_SECONDS} second)
where holder is not null
"""
_RESULTS = "select delivery_result, count(*) from salesforce_delivery_log group by 1 order by 1"
_ACCEPTED = """
select count(*), count(distinct lead_id) from salesforce_delivery_log
where delivery_result = 'accepted'
"""


@dataclass(frozen=True)
class SyncRuns:
    """Syncs of a dataset of its own, which holds some of the leads that were built.

    Args:
        client: Connection to the emulator.
        address: The emulator's.
        folder: Takes profile, certificate and payload.
        manifest: dbt's, with the SQL of the views.

    """

    client: bigquery.Client
    address: str
    folder: Path
    manifest: dict[str, Any]

    def failures(self) -> Iterator[str]:
        """Yield what went wrong, and print what was tried."""
        self.folder.mkdir(exist_ok=True)
        self._make_dataset()
        self._write_profile()
        seconds = self._time_of_one()
        for number in range(KILLS):
            yield from self._killed(number, seconds * (number + 0.5) / KILLS)
        yield from self._two_at_once()

    def _make_dataset(self) -> None:
        self.client.create_dataset(DATASET, exists_ok=True)
        for table in _TABLES:
            order = "order by lead_id" if table == "salesforce_leads" else ""
            self._sql(
                f"create or replace table {table} as"
                f" select * from {BUILT}.{table} {order} limit {LEADS}"
            )
        log = "salesforce_delivery_log"
        self._sql(f"create or replace table {log} as select * from {BUILT}.{log} where false")
        for view in VIEWS:
            code = self.manifest["nodes"][f"model.lead_scoring.{view}"]["compiled_code"]
            self._sql(f"create or replace view {view} as {code.replace(BUILT, DATASET)}")

    def _write_profile(self) -> None:
        text = (PROJECT / PROFILES_EXAMPLE).read_text(encoding="utf-8")
        profile = yaml.safe_load(text)
        profile["lead_scoring"]["outputs"]["emulator"]["dataset"] = DATASET
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")

    def _time_of_one(self) -> float:
        """Return the seconds from taking the lease to the end of a sync that nobody kills."""
        with self._org() as org:
            process = self._start(org)
            began = self._wait_for_lease(process)
            process.wait()
            seconds = time.monotonic() - began
        click.echo(f"\nsync of {LEADS} leads from the emulator: {seconds:.1f} s under the lease")
        return seconds

    def _killed(self, number: int, after: float) -> Iterator[str]:
        self._sql("delete from salesforce_delivery_log where true")
        with self._org() as org:
            process = self._start(org)
            self._wait_for_lease(process)
            time.sleep(after)
            process.send_signal(signal.SIGKILL)
            process.wait()
            left = dict(tuple(row) for row in self._sql(_RESULTS))
            refused = self._run(org)
            self._sql(_AGE)
            resumed, sent = self._run(org), org.count("PATCH", "sobjects")
            again, sent_again = self._run(org), org.count("PATCH", "sobjects") - sent
            times = Counter(org.updates.values())
        [accepted] = [tuple(row) for row in self._sql(_ACCEPTED)]
        told = f"kill {number + 1} at {after:.1f} s, log then {left}"
        click.echo(f"  {told}; resumed exit {resumed[0]}, sent once {times[1]}, twice {times[2]}")
        # what was killed still holds the lease; what had ended gave it back
        held = refused[0] == 2 or left.get("accepted") == LEADS
        good = (resumed[0], again[0], sent_again, accepted) == (0, 0, 0, (LEADS, LEADS))
        twice = times[2] <= COLLECTION_ROWS and times[1] + times[2] == LEADS
        if not (good and twice and held):
            yield f"{told}: {refused}, {resumed}, {again}, {times}, accepted {accepted}"

    def _two_at_once(self) -> Iterator[str]:
        self._sql("delete from salesforce_delivery_log where true")
        with self._org() as org:
            org.hold_after = 0
            org.go_on.clear()
            first = self._start(org)
            while not org.holding.wait(0.1) and first.poll() is None:
                pass
            code, _, told = self._run(org)
            org.hold_after = None
            org.go_on.set()
            first.wait()
        click.echo(f"  two at once: the second exits {code}, the first {first.returncode}")
        if (code, first.returncode) != (2, 0) or "Another sync of this warehouse" not in told:
            yield f"two syncs at once: {code} ({told}), {first.returncode}"
        if set(org.updates.values()) != {1} or len(org.updates) != LEADS:
            yield f"two syncs at once sent {Counter(org.updates.values())}"

    def _sql(self, sql: str) -> Any:
        config = bigquery.QueryJobConfig(default_dataset=f"{PROJECT_ID}.{DATASET}")
        return self.client.query(sql, job_config=config).result()

    def _org(self) -> Any:
        return serving(FakeOrg(), self.folder / "certificate.pem")

    def _wait_for_lease(self, process: subprocess.Popen[str]) -> float:
        while process.poll() is None:
            with suppress(GoogleAPICallError):  # the first sync makes the table
                if next(iter(self._sql(_TAKEN)))[0]:
                    break
            time.sleep(0.05)
        return time.monotonic()

    def _start(self, org: FakeOrg) -> subprocess.Popen[str]:
        words = ["sync", "salesforce", "--execute", "--json"]
        return subprocess.Popen(
            [sys.executable, "-c", _CODE, *words, "--out", str(self.folder / "payload.json")],
            env=os.environ
            | {
                "LEAD_SCORING_TARGET": "emulator",
                "LEAD_SCORING_EMULATOR": self.address,
                "DBT_PROJECT_DIR": str(PROJECT),
                "DBT_PROFILES_DIR": str(self.folder),
                "REQUESTS_CA_BUNDLE": str(self.folder / "certificate.pem"),
                "SALESFORCE_INSTANCE_URL": org.url,
                "SALESFORCE_SESSION_ID": "session-0",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _run(self, org: FakeOrg) -> tuple[int, Any, str]:
        """Run a sync to its end; return its exit code, its JSON, and its words."""
        process = self._start(org)
        out, err = process.communicate()
        return process.returncode, json.loads(out) if out.startswith("{") else out, err
