"""Divides the leads into the segments by which a model is judged."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from python_scoring.arrays import Texts, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.explanation.narrative import spoken
from python_scoring.features.categories import CATEGORY
from python_scoring.features.feature import Feature
from python_scoring.report.judged_rows import UNKNOWN

# upper ends, the last band being everything above
KNOWN_BANDS = {
    "firm_rep_count_at_contact": ("Advisors at the firm", (10.0, 50.0, 250.0, 1000.0)),
    "current_firm_tenure_months": ("Months at the current firm", (11.0, 35.0, 59.0, 119.0)),
}
MOST_TEXTS = 8
OTHERS = "all others"


@dataclass(frozen=True)
class Segmentation:
    """One way to divide the leads into segments.

    Args:
        title: What they are divided by.
        names: Segment of each row, shape (n,).
        order: The segments in the order to report them.
    """

    title: str
    names: Texts
    order: list[str]


def segmentations(
    test: LabelledTable, strongest: list[int], lead_sources: Texts | None
) -> list[Segmentation]:
    """Divide the test rows by what the business asks for, or else by the strongest features.

    Args:
        test: Test rows.
        strongest: Positions of the features that contribute most, used where no known band applies.
        lead_sources: Where each lead came from, shape (n,), where known.
    """
    known = [name for name in KNOWN_BANDS if name in test.contract.names]
    chosen = [_by_feature(test, test.contract.names.index(name)) for name in known]
    if not known:
        chosen = [_by_feature(test, position) for position in strongest]
    if lead_sources is not None:
        chosen.append(_by_text("Lead source", lead_sources))
    return chosen


def _by_feature(test: LabelledTable, position: int) -> Segmentation:
    feature, values = test.contract.features[position], test.features[:, position]
    if feature.name in KNOWN_BANDS:
        return _by_bands(*KNOWN_BANDS[feature.name], values, feature)
    title = feature.label[:1].upper() + feature.label[1:]
    if feature.type == CATEGORY:
        texts = np.array([*feature.categories, UNKNOWN])
        numbers = np.nan_to_num(values, nan=len(feature.categories)).astype(np.int64)
        return _by_text(title, texts[numbers])
    distinct = np.unique(values[~np.isnan(values)])
    ends = distinct if len(distinct) <= 3 else np.unique(np.nanquantile(values, [1 / 3, 2 / 3]))
    # nothing lies above the largest value
    below = ends[ends < distinct.max()] if len(distinct) else ends
    return _by_bands(title, tuple(below.tolist()), values, feature)


def _by_bands(
    title: str, ends: tuple[float, ...], values: Vector, feature: Feature
) -> Segmentation:
    """Divide into bands that include their upper end."""
    said = [spoken(feature, end) for end in ends]
    order = [f"up to {end}" for end in said[:1]]
    order += [f"above {low}, up to {high}" for low, high in pairwise(said)]
    order += [f"above {end}" for end in said[-1:]] or ["all"]
    names = np.array([*order, UNKNOWN])
    band = np.searchsorted(np.array(ends), values, side="left")
    band[np.isnan(values)] = len(order)
    return Segmentation(title, names[band], [*order, UNKNOWN])


def _by_text(title: str, texts: Texts) -> Segmentation:
    """Divide by text, the most frequent first; all but the first eight are one segment."""
    distinct, counts = np.unique(texts, return_counts=True)
    ranked = distinct[np.argsort(-counts, kind="stable")].tolist()
    names = np.where(np.isin(texts, ranked[:MOST_TEXTS]), texts, OTHERS)
    return Segmentation(title, names, [*ranked[:MOST_TEXTS], OTHERS])
