"""What the days rest on from which registrations count as known in the built project."""

from collections.abc import Mapping

from python_scoring.io.warehouse.current import warehouse

_WORDS = {
    "archive": "archived",
    "thinned": "thinned by the measured curve",
    "assumed_prompt": "taken to be prompt",
}


def arrival_counts() -> dict[str, int]:
    """Count the registrations by `known_date_source`; empty where the project was built without it.

    Raises:
        WarehouseError: The warehouse cannot be read.
    """
    current = warehouse()
    if "known_date_source" not in current.columns_of("int_registrations"):
        return {}
    counted = current.query(
        "select known_date_source, count(*) as registrations"
        " from int_registrations group by known_date_source order by known_date_source"
    )
    return {row["known_date_source"]: row["registrations"] for row in counted.to_pylist()}


def arrivals_in_words(counts: Mapping[str, int]) -> str:
    """Say in a few words whether features knew only what had been delivered."""
    whole = sum(counts.values())
    if not whole:
        return "unknown"
    if set(counts) == {"assumed_prompt"}:
        return "taken to be prompt (no archive of deliveries)"
    shares = (
        f"{counts[source] / whole:.0%} {words}"
        for source, words in _WORDS.items()
        if source in counts
    )
    return ", ".join(shares)
