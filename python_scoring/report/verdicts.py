"""Puts into sentences what the figures mean, and what the model must not be used for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from python_scoring.dataset.arrivals import arrivals_in_words
from python_scoring.dataset.read import TRAINING_RELATION
from python_scoring.dataset.sample_size import MIN_POSITIVES
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import Evaluation
from python_scoring.report.wording import number, number_range, one_in, percent, percent_range

# within a quarter, probabilities still serve to plan with; beyond, they mislead
TOLERATED_FACTOR = 1.25

_UNKNOWN = "nothing here: ask who made the table"
HOLDS, OFF, BROKE = "holds", "is off", "broke"


@dataclass(frozen=True)
class Words:
    """What a conversion is called: `one` converts, `many` are counted."""

    one: str
    many: str


@dataclass(frozen=True)
class Verdict:
    """A state, for a program, and a sentence, for a person."""

    state: str
    text: str


@dataclass(frozen=True)
class Claim:
    """A kind of leakage, what is claimed of this model, and what shows it."""

    kind: str
    claim: str
    shown_by: str


def words_for(source: str) -> Words:
    """Return the project's own words for the project's own leads."""
    if source == TRAINING_RELATION:
        return Words("books a call", "booked calls")
    return Words("converts", "conversions")


def judge_signal(evaluation: Evaluation) -> Verdict:
    """Say whether the test period shows that the model ranks better than chance."""
    if evaluation.auc.low > 0.5:
        text = (
            "It ranks better than chance: of one lead that converts and one that does not, it "
            f"puts the right one first in {percent_range(evaluation.auc)} of the cases "
            "(chance: 50 %)."
        )
        return Verdict("ranks", text)
    return Verdict(
        "chance",
        "This model does not rank better than chance; do not use it. Of one lead that converts and "
        f"one that does not, it puts the right one first in {percent_range(evaluation.auc)} of the "
        "cases, and chance alone would in 50 %.",
    )


def judge_calibration(evaluation: Evaluation, predicted: float) -> Verdict:
    """Say whether the probabilities held in the test period, and by how much they missed."""
    observed, factor = evaluation.base_rate, evaluation.base_rate.value / predicted
    figures = f"predicted {percent(predicted)}, observed {percent_range(observed)}"
    if observed.low <= predicted <= observed.high:
        return Verdict(HOLDS, f"Calibration holds in the test period: {figures}.")
    missed = f"{figures}, {number(factor)} times the prediction"
    if 1 / TOLERATED_FACTOR <= factor <= TOLERATED_FACTOR:
        return Verdict(OFF, f"Calibration is a little off in the test period: {missed}.")
    return Verdict(
        BROKE,
        f"Calibration broke in the test period: {missed}. The probabilities must not be used; "
        "whether the order of the leads still holds is another question.",
    )


def judge_spread(slope: Interval | None) -> str:
    """Say whether probabilities lie as far apart as the rates do."""
    if slope is None:
        return "Every lead has the same probability."
    if slope.low > 1:
        return "They lie too close together: the best leads are better than they are said to be."
    if slope.high < 1:
        return "They lie too far apart: the best leads are not as good as they are said to be."
    return "They lie as far apart as the rates do."


def headline(evaluation: Evaluation, best_tenth: Interval, words: Words, signal: Verdict) -> str:
    """Say what calling the best tenth brings, for somebody who reads one sentence only."""
    if signal.state != "ranks":
        return "Calling in the order of this model is no better than calling in any order."
    return (
        f"Call the best tenth first: {one_in(best_tenth.value)} {words.one} (between "
        f"{one_in(best_tenth.low)} and {one_in(best_tenth.high)}), where calling in any order "
        f"reaches {one_in(evaluation.base_rate.value)}."
    )


def compare_with_logistic(gain: dict[str, Interval]) -> str:
    """Say whether the model ranks better than the logistic baseline."""
    difference = f"area under precision and recall {number_range(gain['auc_pr'], 3)}, paired"
    if gain["auc_pr"].low > 0:
        return f"It ranks better than the logistic baseline: {difference}."
    if gain["auc_pr"].high < 0:
        return f"The logistic baseline ranks better: {difference}. Use that, or find out why."
    return f"No gain over the logistic baseline is proven: {difference}."


def list_limits(metadata: Mapping[str, Any], signal: Verdict, calibration: Verdict) -> list[str]:
    """List what the model must not be used for, first what follows from its own figures."""
    periods, limits = metadata["periods"], []
    if metadata["data_note"]:
        limits.append(f"Not beyond the data it was made of: {metadata['data_note']}")
    if signal.state != "ranks":
        limits.append("Not for any list: it does not rank better than chance.")
    if calibration.state != HOLDS:
        limits.append("Not to plan volumes or to compare with a threshold: " + calibration.text)
    limits += [
        f"Not for leads unlike those it knows: {metadata['source']}, contacted "
        f"{periods['train']['from']} to {periods['test']['to']}; of later ones nothing is known.",
        "Not as a reason: it says what goes with success, not what causes it. Changing a fact does "
        "not change the outcome.",
        "Not to decide about a person (hiring, credit, compliance, pay): it ranks whom to call.",
        "Not to judge salespeople or sources: who was called, and how well, is in the outcomes.",
    ]
    # models of before arrivals were recorded say nothing of them
    if metadata.get("arrivals") and set(metadata["arrivals"]) != {"archive"}:
        limits.append(
            "Not as a promise where the vendor delivers late: the days from which registrations "
            f"count as known are {arrivals_in_words(metadata['arrivals'])}."
        )
    if metadata["periods"]["test"]["positives"] < MIN_POSITIVES:
        limits.append(
            "Not to prove anything: the test period holds only "
            f"{metadata['periods']['test']['positives']} conversions."
        )
    return limits


def claims_of_no_leakage(metadata: Mapping[str, Any]) -> list[Claim]:
    """Say of each kind of leakage what is claimed of the figures, and what shows it.

    Args:
        metadata: The artifact's.

    The kinds are those of Kapoor and Narayanan, Leakage and the reproducibility crisis in
    machine-learning-based science, Patterns 4 (2023).
    """
    ours = metadata["source"] == TRAINING_RELATION
    return [*_claims_of_the_test_set(metadata, ours), *_claims_of_the_rows(metadata, ours)]


def _claims_of_the_test_set(metadata: Mapping[str, Any], ours: bool) -> list[Claim]:
    test = metadata["periods"]["test"]
    return [
        Claim(
            "No test set",
            f"{test['rows']:,} leads contacted {test['from']} to {test['to']} were kept apart.",
            "the test splits_are_apart, in every build" if ours else "the days of the table",
        ),
        Claim(
            "Preparation or choice by the test set",
            "Centres, scales, recipe, rounds and calibration come from the periods before it.",
            "a test that turns the outcomes of the test period: the artifact stays the same bytes",
        ),
        Claim(
            "Dependence between training and test",
            "Not excluded: firms, and people who were contacted twice, may stand in both, as they "
            "will among the leads that are scored.",
            "nothing; intervals take rows to be independent",
        ),
        Claim(
            "Another population in the test set",
            "Every usable lead that was contacted in the period is in it; who was never contacted "
            "is in none.",
            "the counts of the training run" if ours else _UNKNOWN,
        ),
    ]


def _known(arrivals: Mapping[str, int]) -> str:
    if set(arrivals) == {"archive"}:
        return "Only what had been delivered by the day of contact"
    told = arrivals_in_words(arrivals)
    return f"Only what had happened by the day of contact (days of delivery: {told})"


def _claims_of_the_rows(metadata: Mapping[str, Any], ours: bool) -> list[Claim]:
    suspects = ", ".join(sorted(metadata["suspects"]))
    not_claimed = f"Not claimed: suspected of predicting too well to be honest: {suspects}."
    return [
        Claim(
            "Duplicates",
            "A lead stands in one row.",
            "the test one_row_per_prediction, in every build" if ours else _UNKNOWN,
        ),
        Claim(
            "Features that are not legitimate",
            not_claimed if suspects else "No feature predicts too well to be honest.",
            "the sentinel" + (", and the lineage of every feature (audit lineage)" if ours else ""),
        ),
        Claim(
            "Facts of later than the contact",
            f"{_known(metadata.get('arrivals') or {})}; {metadata['gap_days']} days lie between "
            "the periods, so that outcomes of one are known before the next begins.",
            "rows, replay and perturbation (docs/reference/nets.md)" if ours else _UNKNOWN,
        ),
    ]
