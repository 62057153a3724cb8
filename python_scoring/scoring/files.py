"""Scores a file of leads, part by part, into another file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from python_scoring.errors import InputError
from python_scoring.features.categories import CATEGORY
from python_scoring.io.atomic import atomic_file
from python_scoring.io.table_files import TableWriter, check_suffix, count_rows, read_batches
from python_scoring.scoring.output_columns import SCORE_SCHEMA
from python_scoring.scoring.scorer import LeadScorer


@dataclass(frozen=True)
class ScoredFile:
    """What was scored.

    Args:
        rows: Number of rows.
        unseen_categories: For each feature of texts, rows whose text training never saw; they
            were scored as unknown.
    """

    rows: int
    unseen_categories: dict[str, int]


def score_file(
    scorer: LeadScorer,
    source: Path,
    target: Path,
    progress: Callable[[float], None] = lambda share: None,
) -> ScoredFile:
    """Write the rows of `source`, with all their columns and the scores, to `target`.

    Of a CSV file only the model's features of numbers are read as such; all else stays text.

    Args:
        scorer: The model.
        source: Parquet or CSV file.
        target: Parquet or CSV file; it appears, or is replaced, when all rows are scored.
        progress: Called with the share of rows done, 0 to 1.

    Raises:
        InputError: An unreadable file, a missing feature, a column that scoring would add, or a
            target that is the source or cannot be written.
    """
    check_suffix(target)
    if target.resolve() == source.resolve() or (target.exists() and target.samefile(source)):
        raise InputError(
            "--output is the file of --input.",
            why="The leads would be replaced by their scores, and could not be scored again.",
            where=str(target),
            fix="Name another file.",
        )
    # what is only passed through must come out as it stands, such as an account number 00512
    numbers = [f.name for f in scorer.contract.features if f.type != CATEGORY]
    total, done = count_rows(source), 0
    unseen: Counter[str] = Counter()
    with atomic_file(target) as beside:
        writer: TableWriter | None = None
        try:
            for scored, unknown in _scored_ahead(
                scorer, read_batches(source, typed=numbers), source
            ):
                unseen.update(unknown)
                writer = writer or TableWriter(beside, scored.schema)
                writer.write(scored)
                done += scored.num_rows
                progress(done / max(total, done))
        finally:
            if writer:
                writer.close()
        if not writer:
            raise InputError(f"{source.name} holds no rows.", where=str(source))
    return ScoredFile(done, dict(unseen))


def _scored_ahead(
    scorer: LeadScorer, parts: Iterable[pa.Table], source: Path
) -> Iterator[tuple[pa.Table, dict[str, int]]]:
    """Yield each part with its scores, in order; while the caller writes it, the next is scored."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        ahead: Future[tuple[pa.Table, dict[str, int]]] | None = None
        for part in parts:
            scored = pool.submit(_with_scores, scorer, part, source)
            if ahead:
                yield ahead.result()
            ahead = scored
        if ahead:
            yield ahead.result()


def _with_scores(
    scorer: LeadScorer, part: pa.Table, source: Path
) -> tuple[pa.Table, dict[str, int]]:
    clash = [name for name in SCORE_SCHEMA.names if name in part.column_names]
    if clash:
        raise InputError(
            f"{source.name} already has {', '.join(clash)}.",
            why="Two columns would have one name.",
            where=str(source),
            fix="Rename or drop them before scoring.",
        )
    delivered = [name for name in scorer.feature_names if name in part.column_names]
    features = part.select(delivered).to_pandas()
    scores = scorer.score_frame(features)
    added = pa.Table.from_pandas(scores, schema=SCORE_SCHEMA, preserve_index=False)
    for position, field in enumerate(added.schema):
        part = part.append_column(field, added.column(position))
    return part, scorer.contract.unseen_categories(features)
