"""Options that take a place: what an empty variable gives them is refused."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.cli.options import PathParameter


@pytest.mark.parametrize(
    "words",
    [
        ["report", "--out", ""],
        ["train", "--out", ""],
        ["models", "list", "--registry", ""],
        ["score", "--input", "leads.csv", "--output", "scores.csv", "--model", ""],
        ["search", "--out", ""],
        ["backtest", "--cutoff", "2025-01-01", "--out", ""],
    ],
    ids=lambda words: " ".join(words[:-1]),
)
def test_an_empty_place_is_a_usage_error(words: list[str]) -> None:
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "it is empty" in done.stderr) == (2, True), done.stderr


def test_every_path_is_refused_when_empty() -> None:
    """One that click alone reads would take an empty variable for the folder one is in."""
    paths = [
        (words, parameter)
        for words, command in _commands(main, [])
        for parameter in command.params
        if isinstance(parameter.type, click.Path)
    ]
    assert len(paths) > 20
    assert not [
        (" ".join(words), parameter.name)
        for words, parameter in paths
        if not isinstance(parameter.type, PathParameter)
    ]


def _commands(group: click.Group, words: list[str]) -> Iterator[tuple[list[str], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield [*words, name], command
        if isinstance(command, click.Group):
            yield from _commands(command, [*words, name])
