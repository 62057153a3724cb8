"""On every row of the demo: reasons add up to the score, and sentences say what the row holds."""

import re
from itertools import product

import duckdb
import numpy as np
import pandas as pd
import pytest

from python_scoring.explanation.narrative import LONGEST, VISIBLE
from python_scoring.model.margin.booster import Attribution
from python_scoring.model.registry import Registry
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.tests.conftest import Dbt

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?: (?:million|billion))?")
SIZES = {"": 1.0, "million": 1e6, "billion": 1e9}
DIRECTIONS = [f"driver_{rank}_direction" for rank in (1, 2, 3)]


@pytest.fixture(scope="module")
def published(demo: Dbt) -> pd.DataFrame:
    """Every lead and prospect of the demo's day: features, published score, drivers, narrative."""
    scores = (
        "select concat('lead:', lead_id) as prediction_id, {0} from lead_scores_daily union all"
        " select concat('prospect:', advisor_crd) as prediction_id, {0} from prospect_scores"
    )
    parts = product((1, 2, 3), ("feature", "value", "direction", "contribution"))
    drivers = ", ".join(f"driver_{rank}_{part}" for rank, part in parts)
    scores = scores.format(f"lead_score, base_rate, lift_vs_base, narrative, {drivers}")
    with duckdb.connect(str(demo.database), read_only=True) as connection:
        frame: pd.DataFrame = connection.sql(
            f"select * from ({scores}) join lead_scoring_features using (prediction_id)"
            " order by prediction_id"
        ).df()
    return frame


def test_base_and_contributions_are_every_published_score(published: pd.DataFrame) -> None:
    assert len(published) > 15_000
    explanation = LeadScorer().explain_frame(published)
    total = explanation.base + explanation.contributions.sum(axis=1)
    np.testing.assert_allclose(total, published["lead_score"], rtol=0, atol=1e-6)


def test_directions_are_the_signs_of_the_contributions(published: pd.DataFrame) -> None:
    words = {1.0: "raises", -1.0: "lowers"}
    for name in DIRECTIONS:
        signs = np.sign(published[name.replace("direction", "contribution")])
        assert (signs.map(words).fillna("") == published[name].fillna("")).all()
    assert {"raises", "lowers"} <= set(published[DIRECTIONS[0]])


def test_every_number_of_a_sentence_is_in_its_row(published: pd.DataFrame) -> None:
    labels = {feature.name: feature.label for feature in LeadScorer().contract.features}
    for row in published[:: len(published) // 4000].to_dict("records"):
        drivers = [rank for rank in (1, 2, 3) if row[f"driver_{rank}_feature"] is not None]
        held = [100 * row["lead_score"], row["lift_vs_base"], 100 * row["base_rate"]]
        held += [row[f"driver_{rank}_value"] for rank in drivers]
        text = row["narrative"]
        for rank in drivers:
            text = text.replace(labels[row[f"driver_{rank}_feature"]], "")
        for found in NUMBER.findall(text):
            digits, _, size = found.replace(",", "").partition(" ")
            half_a_digit = 0.5 * 10.0 ** -len(digits.partition(".")[2])
            off = np.nanmin(np.abs(float(digits) - np.array(held) / SIZES[size]))
            assert off <= half_a_digit + 1e-9, (found, row["narrative"])


def test_without_the_named_fact_the_score_moves_as_stated(published: pd.DataFrame) -> None:
    """Each fact that a sentence names is taken out of the margin, with its group."""
    artifact = Registry().load()
    matrix = artifact.contract.matrix(published)
    attribution = Attribution(artifact.model)
    shares, bias = attribution.shares(matrix), attribution.average_margin
    margin = bias + shares.sum(axis=1)
    whole = artifact.curve.apply_margins(margin)
    groups, by_name = artifact.contract.groups, {f.name: f for f in artifact.contract.features}
    for rank, raised in product((1, 2, 3), (True, False)):
        points = published[f"driver_{rank}_contribution"].fillna(0) / 100
        named = (points >= VISIBLE) if raised else (points <= -VISIBLE)
        for feature in published.loc[named, f"driver_{rank}_feature"].unique():
            rows = np.flatnonzero(named & (published[f"driver_{rank}_feature"] == feature))
            members = groups[by_name[feature].group]
            left = margin[rows] - shares[rows][:, members].sum(axis=1)
            change = whole[rows] - artifact.curve.apply_margins(left)
            sign = 1 if raised else -1
            assert (sign * change >= 0).all(), (feature, raised)
            assert (sign * change > 0).mean() > 0.5, "a fact that is named matters where it stands"


def test_sentences_name_only_drivers_and_fit_the_field(published: pd.DataFrame) -> None:
    labels = {feature.name: feature.label for feature in LeadScorer().contract.features}
    assert published["narrative"].str.len().max() <= LONGEST
    for row in published[:: len(published) // 4000].to_dict("records"):
        raises, _, lowers = row["narrative"].partition("Lowers it: ")
        named = {f"driver_{n}": row[f"driver_{n}_feature"] for n in (1, 2, 3)}
        for driver, feature in named.items():
            words = f"{labels[feature]}: " if feature else "nothing"
            assert words not in (lowers if row[f"{driver}_direction"] == "raises" else raises)
        others = set(labels.values()) - {labels[feature] for feature in named.values() if feature}
        assert not any(f" {label}: " in row["narrative"] for label in others)
