"""`lead-scoring sync ..`: carries results to where people work."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from python_scoring.destinations.salesforce.credentials import login_from
from python_scoring.destinations.salesforce.delivery_log import DeliveryLog, only_sync
from python_scoring.destinations.salesforce.fields import Field, read_fields
from python_scoring.destinations.salesforce.org import Org
from python_scoring.destinations.salesforce.plan import (
    Plan,
    channels_to,
    check_org,
    check_target,
    deliver,
    plan_delivery,
    settle_unfinished,
)


@click.group()
def sync() -> None:
    """Deliver what is due, once."""


@sync.command(
    epilog="""\b
Examples:
  lead-scoring sync salesforce                    # what would be sent; sends nothing
  lead-scoring sync salesforce --check            # the same, and asks the org whether it fits
  lead-scoring sync salesforce --execute          # sends it; again after a cut, to go on

\b
Credentials come from the environment (SALESFORCE_...): docs/salesforce.md.

\b
Exit codes: 0 done, 1 the org does not fit, or rows were invalid, rejected or not confirmed,
2 could not run (no build, no credentials, Salesforce out of reach).
"""
)
@click.option("--execute", is_flag=True, help="Send. Without it nothing leaves this machine.")
@click.option("--check", is_flag=True, help="Compare with the org's description; sends nothing.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("target/salesforce_payload.json"),
    show_default=True,
    help="JSON file for the rows to send.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the totals as JSON.")
def salesforce(execute: bool, check: bool, out: Path, as_json: bool) -> None:
    """Update the scores of Salesforce's leads: rows that are new or changed, each once.

    Reads salesforce_lead_scores as dbt built it. A dry run unless --execute is given.
    """
    check_target()
    fields = read_fields()
    org = Org(login_from(os.environ)) if execute or check else None
    if execute and org:
        with only_sync():
            report = _execute(fields, org, out)
    else:
        plan = plan_delivery(fields, out)
        report = _report(plan, out) | ({"findings": check_org(fields, org)} if org else {})
    click.echo(json.dumps(report, indent=1) if as_json else _readable(report))
    if _refused_or_left(report):
        sys.exit(1)


def _execute(fields: list[Field], org: Org, out: Path) -> dict[str, Any]:
    log, channels = DeliveryLog(fields), channels_to(org)
    settled = settle_unfinished(log, channels)
    plan = plan_delivery(fields, out)
    report = _report(plan, out) | {"settled": settled}
    records = plan.payload.records
    if not records:
        return report
    report["findings"] = check_org(fields, org)
    if report["findings"]:
        return report
    with click.progressbar(length=len(records), label="Sending", file=sys.stderr) as bar:
        done = deliver(records, channels, log, org.sleep, bar.update)
    return report | {"delivered": asdict(done)}


def _report(plan: Plan, out: Path) -> dict[str, Any]:
    return {"totals": plan.totals, "payload": str(out)}


def _refused_or_left(report: dict[str, Any]) -> bool:
    done = report.get("delivered", {})
    left = done.get("rejected") or done.get("unconfirmed")
    return bool(report.get("findings") or report["totals"]["invalid"] or left)


def _readable(report: dict[str, Any]) -> str:
    lines = [f"  {status:<11} {rows:>9,}" for status, rows in report["totals"].items()]
    lines.append(f"Rows to send (new and changed): {report['payload']}")
    if report.get("settled"):
        told = ", ".join(f"{rows:,} {result}" for result, rows in report["settled"].items())
        lines.append(f"Settled from a run that was cut off: {told}")
    if report.get("findings"):
        lines.append("The org does not fit:")
        lines += [f"  {finding}" for finding in report["findings"]]
    elif "findings" in report and "settled" not in report:
        lines.append("The org fits.")
    if "delivered" in report:
        lines += _delivered_lines(report["delivered"])
    else:
        lines.append("Nothing was sent.")
    return "\n".join(lines)


def _delivered_lines(done: dict[str, Any]) -> list[str]:
    lines = [f"Accepted {done['accepted']:,}"]
    lines += [f"Rejected {rows:,}: {code}" for code, rows in done["rejected"].items()]
    if done["unconfirmed"]:
        lines.append(f"Not confirmed {done['unconfirmed']:,}: sent again by the next run")
    return lines
