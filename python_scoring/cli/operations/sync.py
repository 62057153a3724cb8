"""`lead-scoring sync ..`: one command for each destination that is installed."""

import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from python_scoring.cli.options import PathParameter
from python_scoring.destinations.channel import Destination
from python_scoring.destinations.delivery import Plan, deliver, plan_delivery, settle_unfinished
from python_scoring.destinations.delivery_log import DeliveryLog
from python_scoring.destinations.installed import DESTINATIONS, open_destination
from python_scoring.io.warehouse.current import warehouse


class DestinationGroup(click.Group):
    """A group with a command for each destination."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all destinations, in alphabetical order."""
        return sorted(DESTINATIONS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of one destination, or None when there is none of that name."""
        return _command(cmd_name) if cmd_name in DESTINATIONS else None


@click.group(cls=DestinationGroup)
def sync() -> None:
    """Deliver what is due, once."""


def _command(name: str) -> click.Command:
    title = name.capitalize()
    return click.Command(
        name,
        callback=partial(_sync, name),
        help=f"Update {title}'s scores of leads: rows that are new or changed, each once.\n\n"
        f"Reads {name}_lead_scores of the last good build. A dry run unless --execute is given.",
        epilog=f"""\b
Examples:
  lead-scoring sync {name}                    # what would be sent; sends nothing
  lead-scoring sync {name} --check            # the same, and asks {title} whether it fits
  lead-scoring sync {name} --execute          # sends it; again after a cut, to go on

\b
Credentials come from the environment ({name.upper()}_...): docs/guides/{name}.md.

\b
Exit codes: 0 done, 1 it does not fit, or rows were invalid, rejected or not confirmed,
2 could not run (no build, no credentials, {title} out of reach).
""",
        params=[
            click.Option(
                ["--execute"], is_flag=True, help="Send. Without it nothing leaves this machine."
            ),
            click.Option(
                ["--check"], is_flag=True, help=f"Ask {title} whether it fits; sends nothing."
            ),
            click.Option(
                ["--out"],
                type=PathParameter(path_type=Path, dir_okay=False),
                default=Path(f"target/{name}_payload.json"),
                show_default=True,
                help="JSON file for the rows to send.",
            ),
            click.Option(["--json", "as_json"], is_flag=True, help="Print the totals as JSON."),
        ],
    )


def _sync(name: str, execute: bool, check: bool, out: Path, as_json: bool) -> None:
    destination = open_destination(name)
    if execute or check:
        destination.connect()
    if execute:
        with warehouse().only_sync() as require_lease:
            report = _execute(destination, DeliveryLog(destination, require_lease), out)
    else:
        report = _report(plan_delivery(destination, out), out)
        report |= {"findings": destination.findings()} if check else {}
    click.echo(json.dumps(report, indent=1) if as_json else _readable(report, name.capitalize()))
    if _refused_or_left(report):
        sys.exit(1)


def _execute(destination: Destination, log: DeliveryLog, out: Path) -> dict[str, Any]:
    settled = settle_unfinished(log, destination.channels())
    plan = plan_delivery(destination, out)
    report = _report(plan, out) | {"settled": settled}
    records = plan.payload.records
    if not records:
        return report
    report["findings"] = destination.findings()
    if report["findings"]:
        return report
    with click.progressbar(length=len(records), label="Sending", file=sys.stderr) as bar:
        done = deliver(records, destination, log, bar.update)
    return report | {"delivered": asdict(done)}


def _report(plan: Plan, out: Path) -> dict[str, Any]:
    return plan.build.record() | {
        "build": str(plan.build),
        "totals": plan.totals,
        "payload": str(out),
    }


def _refused_or_left(report: dict[str, Any]) -> bool:
    done = report.get("delivered", {})
    left = done.get("rejected") or done.get("unconfirmed")
    return bool(report.get("findings") or report["totals"]["invalid"] or left)


def _readable(report: dict[str, Any], title: str) -> str:
    lines = [f"From {report['build']}"]
    lines += [f"  note: {note}" for note in report["build_notes"]]
    lines += [f"  {status:<11} {rows:>9,}" for status, rows in report["totals"].items()]
    lines.append(f"Rows to send (new and changed): {report['payload']}")
    if report.get("settled"):
        results = ", ".join(f"{rows:,} {result}" for result, rows in report["settled"].items())
        lines.append(f"Settled from a run that was cut off: {results}")
    if report.get("findings"):
        lines.append(f"{title} does not fit:")
        lines += [f"  {finding}" for finding in report["findings"]]
    elif "findings" in report and "settled" not in report:
        lines.append(f"{title} fits.")
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
