"""What is said of the days from which registrations count as known."""

import pytest

from python_scoring.dataset.arrivals import arrivals_in_words
from python_scoring.report.verdicts import Verdict, list_limits


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "unknown"),
        ({"assumed_prompt": 9}, "taken to be prompt (no archive of deliveries)"),
        ({"archive": 1, "thinned": 3}, "25% archived, 75% thinned by the measured curve"),
        ({"archive": 1, "assumed_prompt": 1}, "50% archived, 50% taken to be prompt"),
    ],
)
def test_arrivals_in_words(counts: dict[str, int], words: str) -> None:
    assert arrivals_in_words(counts) == words


def limits(arrivals: dict[str, int] | None) -> str:
    period = {"from": "2024-01-01", "to": "2024-06-30", "positives": 500}
    metadata = {"data_note": "", "source": "s", "periods": {"train": period, "test": period}}
    fine = Verdict("ranks", "")
    recorded = {} if arrivals is None else {"arrivals": arrivals}
    return "\n".join(list_limits(metadata | recorded, fine, fine))


def test_a_report_says_what_was_taken_for_granted() -> None:
    promised = "Not as a promise where the vendor delivers late"
    assert promised in limits({"assumed_prompt": 9})
    assert promised in limits({"archive": 1, "thinned": 3})
    assert promised not in limits({"archive": 4})
    assert promised not in limits({}), "a file: nobody knows"
    assert promised not in limits(None), "a model of before"
