"""The `lead-scoring` command. Parses and prints; the work lives in the modules.

Each command is loaded only when it is called, so that `--help` answers at once and a broken
optional dependency of one command does not take the others down.

Exit codes, for every command: 0 done, 1 the answer is no (a leak, a refusal), 2 could not run
(bad usage, bad input).
"""

import sys
import traceback
from importlib import import_module
from typing import Any

import click

from python_scoring.errors import LeadScoringError

COMMANDS = {
    "audit": "python_scoring.cli.audit.group:audit",
    "backtest": "python_scoring.cli.training.backtest:backtest",
    "batch": "python_scoring.cli.scoring.batch:batch",
    "bytes-scanned": "python_scoring.cli.operations.bytes_scanned:bytes_scanned",
    "explain-change": "python_scoring.cli.scoring.explain_change:explain_change_",
    "function": "python_scoring.cli.scoring.function:function",
    "models": "python_scoring.cli.models.registry:models",
    "prospects": "python_scoring.cli.scoring.prospects:prospects",
    "report": "python_scoring.cli.training.report:report",
    "score": "python_scoring.cli.scoring.score:score",
    "score-lead": "python_scoring.cli.scoring.score:score_lead",
    "search": "python_scoring.cli.training.search:search",
    "simulate": "python_scoring.cli.operations.simulate:simulate",
    "summary": "python_scoring.cli.scoring.summary:summary",
    "sync": "python_scoring.cli.operations.sync:sync",
    "train": "python_scoring.cli.training.train:train",
}


class LazyGroup(click.Group):
    """A group whose commands are imported on first use, and whose expected errors print plainly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected failure is printed on stderr and exits with 2.

        So does a defect of ours, with its traceback: exit 1 is an answer, and a crash is none.
        """
        try:
            return super().invoke(ctx)
        except LeadScoringError as error:
            click.echo(f"Error: {error}", err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            traceback.print_exc()
        sys.exit(2)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lead-scoring")
def main() -> None:
    """Rank advisors by the probability that a contact made today becomes a scheduled call."""
