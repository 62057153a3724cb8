"""`lead-scoring models list | show | rollback`."""

import json
from typing import Any

import click

from python_scoring.cli.models.export_sql import tell_sql_copy
from python_scoring.cli.options import json_option, registry_option
from python_scoring.cli.printing import print_record
from python_scoring.errors import ArtifactError
from python_scoring.model.registry import Registry


@click.command(
    "list",
    epilog="""\b
Example:
  lead-scoring models list --json
Exit codes: 0 done, 2 could not read the registry.
""",
)
@registry_option
@json_option
def list_(place: str | None, as_json: bool) -> None:
    """List all versions with their test figures; the promoted one is marked."""
    registry = Registry(place)
    promoted = registry.promoted()
    rows = [_row(registry, version, promoted) for version in registry.versions()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        click.echo(f"No model in {registry.place} yet; train one: lead-scoring train", err=True)
    for row in rows:
        figures = row.get("problem") or (
            f"AUC {row['auc']:.3f}  AUC-PR {row['auc_pr']:.3f}  lift {row['top_decile_lift']:.2f}"
            f"  {row['data_note']}"
        )
        click.echo(f"{row['version']:<40} {row['status']:<9} {figures}")


@click.command(
    epilog="""\b
Example:
  lead-scoring models show --json
Exit codes: 0 done, 2 no such version, or a damaged one.
"""
)
@click.argument("version", required=False)
@registry_option
@json_option
def show(version: str | None, place: str | None, as_json: bool) -> None:
    """Show one version, the promoted one by default: how it was trained and how it did."""
    registry = Registry(place)
    artifact = registry.load(version)
    promotions = [r for r in registry.history() if r["version"] == artifact.version]
    description = {
        "version": artifact.version,
        "sha256": artifact.sha256,
        "promoted": artifact.version == registry.promoted(),
        "promotions": promotions,
        "features": artifact.contract.names,
        **artifact.metadata,
    }
    click.echo(
        json.dumps(description, indent=1, ensure_ascii=False) if as_json else _readable(description)
    )


@click.command(
    epilog="""\b
Example:
  lead-scoring models rollback --reason "calls fell"
Exit codes: 0 done, 2 there is none before, or it is damaged.
"""
)
@click.option("--reason", default="", help="Why; kept in the history.")
@registry_option
@json_option
def rollback(reason: str, place: str | None, as_json: bool) -> None:
    """Go back to the version that was promoted before the current one.

    Its SQL copy is renewed as by `models promote`.
    """
    registry = Registry(place)
    record = registry.rollback(reason)
    print_record(record, as_json)
    tell_sql_copy(registry.load(record["version"]), place)


def _row(registry: Registry, version: str, promoted: str | None) -> dict[str, Any]:
    status = "promoted" if version == promoted else "candidate"
    try:
        metadata = registry.load(version).metadata
    except ArtifactError as error:
        return {"version": version, "status": "damaged", "problem": error.what}
    figures = {n: metadata["metrics"][n]["value"] for n in ("auc", "auc_pr", "top_decile_lift")}
    return {"version": version, "status": status, **figures, "data_note": metadata["data_note"]}


def _readable(description: dict[str, Any]) -> str:
    lines = [f"{description['version']}  {'promoted' if description['promoted'] else 'candidate'}"]
    lines += [f"  {note}" for note in (description["data_note"],) if note]
    lines += [f"  manifest sha256 {description['sha256']}", f"  trained on {description['source']}"]
    lines += [
        f"  {name:<12} {p['from']} to {p['to']}  {p['rows']:>9,} leads"
        f" {p['positives']:>7,} converted"
        for name, p in description["periods"].items()
    ]
    lines += [
        f"  {name:<16} {m['value']:.4f}  ({m['low']:.4f} to {m['high']:.4f})"
        for name, m in description["metrics"].items()
        if isinstance(m, dict)
    ]
    lines += [f"  warning: {warning}" for warning in description["warnings"]]
    lines += [
        f"  {r['action']} {r['promoted_at']} {r['reason']}" for r in description["promotions"]
    ]
    return "\n".join(lines)
