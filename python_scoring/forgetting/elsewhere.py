"""What this project cannot remove, and whom to ask; and what stays, and why."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from python_scoring.forgetting.person import Person

STAYS = (
    "Counts, rates, drift, evidence and verdicts of past days (build_counts, build_metrics, "
    "realised_performance, calibration_evidence and the like): sums over many people, from which "
    "nobody can be read again, and which past decisions rest on.",
    "Trained models: thresholds and sums over thousands of contacts, without keys and names. The "
    "next training leaves the person out.",
    "Figures of firms in published days: the person was one of those counted. Builds from now on "
    "leave the person out, also for past days, so others at the same firms differ by one there.",
)


def to_ask(
    person: Person, sources: Sequence[Path], seeds: Sequence[Path], engine: str
) -> Iterator[str]:
    """Yield what is left to people, a sentence each.

    Args:
        person: Who was forgotten.
        sources: Source files that hold the person.
        seeds: Seeds of the repository that do.
        engine: duckdb or bigquery.
    """
    if person.lead_ids:
        yield (
            f"Salesforce, lead {', '.join(person.lead_ids)}: ask its administrator to erase the "
            "record, its activities and field history, and the scores that a sync has written to "
            "it (docs/guides/salesforce.md lists the fields); then the recycle bin."
        )
    else:
        yield "Salesforce: no lead is known here; ask its administrator to look for the name."
    if person.advisor_crd:
        yield f"FINTRX, CRD {person.advisor_crd}: ask to erase the advisor, or to deliver no more."
    yield from _deliveries(sources, engine)
    for path in seeds:
        yield (
            f"{path}: remove the row and commit; the history of git keeps it. A suppression is not "
            "needed any more, since nobody who was forgotten is listed."
        )
    yield (
        "Copies that people and machines have made: call lists and pages that were handed out, "
        "the lists' bucket, mails, logs of the job, Looker's cache, backups of the database."
    )
    if engine == "bigquery":
        yield (
            "BigQuery keeps what was removed for its time travel (seven days unless the dataset "
            "says less) and seven days more for Google's own recovery; results of queries for a "
            "day, and statements with their parameters in the history of jobs for 180 days."
        )


def _deliveries(sources: Sequence[Path], engine: str) -> Iterator[str]:
    if engine == "bigquery":
        yield (
            "The datasets of FINTRX and Salesforce are written by others: erase the person there, "
            "or have them do so. Builds leave the person out whether or not that is done."
        )
    if sources:
        yield (
            f"Deliveries, never rewritten by this project ({', '.join(map(str, sources))}): remove "
            "them by your retention, or have them delivered anew. Builds leave the person out."
        )
