"""The `lead-scoring` command. Parses and prints; the work lives in the packages below.

Exit codes, for every command: 0 done, 1 the answer is no (a leak, a refusal), 2 could not run
(bad usage, bad input), or not to its end (interrupted).
"""

import os
import sys
import traceback
from typing import Any

import click

from python_scoring.cli.lazy_group import LazyGroup
from python_scoring.errors import LeadScoringError
from python_scoring.io.atomic import REFUSALS, refusal

COMMANDS = {
    "arrivals": "python_scoring.cli.operations.arrivals:arrivals",
    "audit": "python_scoring.cli.audit.group:audit",
    "backtest": "python_scoring.cli.training.backtest:backtest",
    "batch": "python_scoring.cli.scoring.batch:batch",
    "bytes-scanned": "python_scoring.cli.operations.bytes_scanned:bytes_scanned",
    "dashboard": "python_scoring.cli.operations.dashboard:dashboard",
    "explain-change": "python_scoring.cli.scoring.explain_change:explain_change_",
    "forget": "python_scoring.cli.operations.forget:forget_",
    "function": "python_scoring.cli.operations.function:function",
    "health": "python_scoring.cli.operations.health:health",
    "looker": "python_scoring.cli.looker.group:looker",
    "models": "python_scoring.cli.models.group:models",
    "prospects": "python_scoring.cli.scoring.prospects:prospects",
    "recalibrate": "python_scoring.cli.training.recalibrate:recalibrate",
    "report": "python_scoring.cli.training.report:report",
    "retrospective": "python_scoring.cli.operations.retrospective:retrospective",
    "score": "python_scoring.cli.scoring.score:score",
    "score-lead": "python_scoring.cli.scoring.score:score_lead",
    "search": "python_scoring.cli.training.search:search",
    "simulate": "python_scoring.cli.operations.simulate:simulate",
    "summary": "python_scoring.cli.scoring.summary:summary",
    "sync": "python_scoring.cli.operations.sync:sync",
    "train": "python_scoring.cli.training.train:train",
}


class MainGroup(LazyGroup):
    """The outermost group: expected errors print plainly, on stderr."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected failure is printed on stderr and exits with 2.

        So does the system's refusal to read or write something; an interruption; a reader of our
        output that left; and a defect of ours, with its traceback: exit 1 means a negative answer,
        not a crash.
        """
        try:
            return super().invoke(ctx)
        except LeadScoringError as error:
            click.echo(f"Error: {error}", err=True)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nAborted!", err=True)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            _drop_output()
        except Exception as error:
            if isinstance(error, OSError) and error.errno in REFUSALS:
                click.echo(f"Error: {refusal(error)}", err=True)
            else:
                traceback.print_exc()
        sys.exit(2)


def _drop_output() -> None:
    """Send what is still to be written nowhere, or Python complains of it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


@click.group(cls=MainGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lead-scoring")
def main() -> None:
    """Rank advisors by the probability that a contact made today becomes a scheduled call."""
