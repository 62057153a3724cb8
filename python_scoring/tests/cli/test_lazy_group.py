"""The lists of commands say what click would say, and import no command."""

import subprocess
import sys

import click
import pytest

from python_scoring.cli.audit.group import audit
from python_scoring.cli.lazy_group import LazyGroup
from python_scoring.cli.looker.group import looker
from python_scoring.cli.main import COMMANDS, main
from python_scoring.cli.models.group import models

GROUPS = [main, audit, looker, models]


@pytest.mark.parametrize("group", GROUPS, ids=[group.name for group in GROUPS])
def test_the_list_is_clicks_own(group: LazyGroup) -> None:
    context = click.Context(group)
    ours, clicks = context.make_formatter(), context.make_formatter()
    group.format_commands(context, ours)
    click.Group.format_commands(group, context, clicks)
    assert ours.getvalue() == clicks.getvalue() != ""


def test_the_list_imports_no_command() -> None:
    ask = "import sys; from python_scoring.cli.main import main; main(standalone_mode=False)"
    ask += "; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", ask, "--help"], capture_output=True, text=True, check=True
    )
    imported = done.stdout.splitlines()[-1].split()
    commands = {place.split(":")[0] for place in COMMANDS.values()}
    assert "python_scoring.cli.main" in imported
    assert commands.isdisjoint(imported)
