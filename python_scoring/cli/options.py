"""Options that several commands share: the registry, JSON, and the table to learn from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_flat, read_training_set
from python_scoring.dataset.splits import SplitRule


class _Named(click.ParamType[Any]):
    """Refuses an empty value, as of an empty variable: else another place would be taken for it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value; a usage error where it is empty."""
        if value == "":
            self.fail("it is empty; perhaps a variable in the command is.", param, ctx)
        return super().convert(value, param, ctx)


class PathParameter(_Named, click.Path):
    """A path that is not empty."""


class TextParameter(_Named, click.types.StringParamType):
    """A text that is not empty."""


REGISTRY_HELP = (
    "Registry: folder or gs://bucket/folder; default: LEAD_SCORING_MODELS, else the repository's."
)
registry_option = click.option(
    "--registry", "place", metavar="PLACE", type=TextParameter(), help=REGISTRY_HELP
)
model_option = click.option(
    "--model",
    type=TextParameter(),
    help="Version, or folder that holds one; default: the promoted version.",
)
seed_type = click.IntRange(0, 2**31 - 1)


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of a page."
)
project_option = click.option(
    "--project-dir",
    default=".",
    show_default=True,
    type=PathParameter(file_okay=False, path_type=Path),
    help="Folder of the dbt project.",
)
target_option = click.option(
    "--target-path",
    default="target",
    show_default=True,
    type=PathParameter(file_okay=False, path_type=Path),
    help="Folder of dbt's manifest.",
)
_OPTIONS = (
    click.option(
        "--input",
        "path",
        type=PathParameter(path_type=Path),
        help="Parquet or CSV file; else lead_training_set as dbt built it.",
    ),
    click.option(
        "--label", help="With --input: column of outcomes, 1, 0, or null if not known yet."
    ),
    click.option("--date", help="With --input: column of the day of contact."),
    click.option(
        "--features",
        help="With --input: columns to learn from, separated by commas; default: every other "
        "column of numbers, of true and false, or of up to 50 different texts.",
    ),
)
_SPLIT_OPTIONS = (
    click.option("--test-share", default=0.2, show_default=True, help="With --input: newest rows."),
    click.option(
        "--calibration-share",
        default=0.2,
        show_default=True,
        help="With --input: rows before those.",
    ),
    click.option(
        "--gap-days",
        default=30,
        show_default=True,
        help="With --input: days left out between parts; at least the time in which an "
        "outcome is decided.",
    ),
)
Command = Callable[..., Any]


@dataclass(frozen=True)
class TableChoice:
    """The values of the options that name a table."""

    path: Path | None
    label: str | None
    date: str | None
    features: str | None = None


def table_options(command: Command) -> Command:
    """Add --input, --label, --date and --features."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def split_options(command: Command) -> Command:
    """Add --test-share, --calibration-share and --gap-days."""
    for option in reversed(_SPLIT_OPTIONS):
        command = option(command)
    return command


def chosen_table(choice: TableChoice, rule: SplitRule | None) -> LabelledTable:
    """Read the table that was named, and print which columns are left out.

    Args:
        choice: The options.
        rule: How to split a file by date; None leaves it whole.

    Raises:
        UsageError: Options that do not go together.
        InputError: The table cannot be used.
    """
    if choice.path and not (choice.label and choice.date):
        raise click.UsageError("--input needs --label and --date.")
    if not choice.path and (choice.label or choice.date or choice.features):
        raise click.UsageError("--label, --date and --features go with --input.")
    if not (choice.path and choice.label and choice.date):
        return read_training_set()
    names = [part.strip() for part in choice.features.split(",")] if choice.features else None
    table = read_flat(choice.path, label=choice.label, date=choice.date, features=names, rule=rule)
    for name, reason in table.left_out.items():
        click.echo(f"Left out: {name} ({reason})", err=True)
    return table
