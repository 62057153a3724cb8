"""What to expect of the next months, from what the procedure did in past ones.

A test period judges one model once. The backtest asks what training would have done month after
month, so its interval is what a plan can stand on: its lower end is the conservative view, its
point the realistic one, its upper end the optimistic one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from python_scoring.arrays import Days, Vector
from python_scoring.dataset.sample_size import require_positives
from python_scoring.errors import InputError
from python_scoring.io.columns import binary_label, days, numbers, require_columns
from python_scoring.io.table_files import read_table
from python_scoring.metrics.ranking import RankingEvaluation, evaluate_ranking
from python_scoring.model.artifact import Artifact
from python_scoring.report.judged_rows import JudgedRows
from python_scoring.training.backtest import Stretch, backtest, rank_in, rolling_stretches

CONTACTS = 1000


@dataclass(frozen=True)
class Expectations:
    """Conversions to expect of a thousand contacts.

    Args:
        source: Where the scores come from, in words.
        first_day: First day that was scored.
        last_day: Last one.
        evaluation: How leads were ranked, each month by itself, pooled.
        conservative: Conversions per 1,000 contacts of the best tenth, from the lift's lower end.
        realistic: The same from the lift itself.
        optimistic: The same from its upper end.
        without_model: Conversions per 1,000 contacts in any order.
    """

    source: str
    first_day: str
    last_day: str
    evaluation: RankingEvaluation
    conservative: float
    realistic: float
    optimistic: float
    without_model: float


def expectations_of_scores(path: Path, seed: int) -> Expectations:
    """Derive expectations from the scores that `lead-scoring backtest --out` wrote.

    Raises:
        InputError: The file cannot be used, or an outcome or a score in it is empty.
        TooFewPositivesError: It holds no conversion.
    """
    table = read_table(path)
    require_columns(table.column_names, ["contacted_date", "target", "score"], path.name)
    dates = days(table, "contacted_date", path.name)
    target, scores = binary_label(table, "target", path.name), numbers(table, "score", path.name)
    for name, values in (("target", target), ("score", scores)):
        _require_known(values, name, path.name)
    converted = target == 1
    require_positives(converted, "backtested", force=True)
    months = dates.astype("datetime64[M]")
    judged = evaluate_ranking(rank_in(months, scores), converted, seed, months)
    return _expect(f"the backtest in {path.name}", dates, judged)


def _require_known(values: Vector, name: str, source: str) -> None:
    empty = np.isnan(values)
    if empty.any():
        raise InputError(
            f"Column {name} of {source} is empty in {int(empty.sum())} rows.",
            why="An unknown outcome would count as no conversion, a missing score as the best.",
            where=f"the first in row {int(empty.argmax()) + 1}",
            fix="Pass the file as `lead-scoring backtest --out` wrote it, or leave those rows out.",
        )


def stretches_of_test(rows: JudgedRows) -> list[Stretch]:
    """Return the months of the test period, each to be scored by a model of its own."""
    return rolling_stretches(rows.whole.dates, rows.test.dates.min(), "month")


def expectations_of_backtest(
    artifact: Artifact, rows: JudgedRows, stretches: list[Stretch], progress: Callable[[], None]
) -> Expectations:
    """Run a backtest over the test period and derive expectations from it.

    Args:
        artifact: The model, for its gap and seed.
        rows: Its rows.
        stretches: What `stretches_of_test` returned.
        progress: Called as by `backtest`.
    """
    gap, seed = artifact.metadata["gap_days"], artifact.metadata["settings"]["seed"]
    walked = backtest(rows.whole, stretches, gap, seed, progress)
    source = "a backtest that learned anew before each month of the test period"
    return _expect(source, walked.dates, walked.evaluation)


def _expect(source: str, dates: Days, judged: RankingEvaluation) -> Expectations:
    usual, lift = CONTACTS * judged.base_rate.value, judged.top_decile_lift
    low, point, high = (min(usual * x, CONTACTS) for x in (lift.low, lift.value, lift.high))
    first, last = str(dates.min()), str(dates.max())
    return Expectations(source, first, last, judged, low, point, high, usual)
