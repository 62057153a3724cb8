"""Artifacts of both formats load; one of the older format scores as it did when it was written."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from python_scoring.errors import ArtifactError
from python_scoring.model.artifact import load_artifact, write_artifact
from python_scoring.model.margin.booster import Attribution, margins
from python_scoring.model.margin.exact_margin import ExactMargins
from python_scoring.model.margin.linear_part import LinearPart, LinearSums
from python_scoring.model.registry import Registry
from python_scoring.model.sql_export import render
from python_scoring.tests.support.invented_models import draft_of, invent_leads

FORMAT_2 = Path(__file__).parents[1] / "support" / "format_2"
OLD = FORMAT_2 / "v2-demo-20250530-ccf52f88"


def test_an_artifact_of_format_2_scores_to_the_bit() -> None:
    """The margins beside it, in billionths, were computed by the software that wrote it."""
    artifact = load_artifact(OLD)
    assert artifact.model.linear is None
    rows = artifact.contract.matrix(invent_leads(200, seed=9))
    found = ExactMargins(artifact.model)
    expected = np.array(json.loads((FORMAT_2 / "margins.json").read_text())) / 1e9
    np.testing.assert_array_equal(found.of(rows), expected)
    np.testing.assert_array_equal(Attribution(artifact.model).explained(rows)[1], expected)
    assert "linear" not in render(artifact)


def test_an_artifact_of_format_2_is_written_as_one(tmp_path: Path) -> None:
    assert write_artifact(draft_of(OLD), tmp_path, name="demo") == OLD.name
    assert (tmp_path / OLD.name / "manifest.json").read_bytes() == (
        OLD / "manifest.json"
    ).read_bytes()


def test_what_is_written_now_has_a_linear_part_in_plain_json(trained: Path, tmp_path: Path) -> None:
    [folder] = trained.glob("v3-*")
    artifact = load_artifact(folder)
    stored = json.loads((folder / "linear_part.json").read_text())
    assert artifact.model.linear is not None
    assert artifact.model.linear.to_json() == stored
    assert {term["feature"] for term in stored["terms"]} <= set(artifact.contract.names)
    assert write_artifact(draft_of(folder), tmp_path, name="boosted") == folder.name


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part["terms"][0].update(feature="nobody"),
        lambda part: part["terms"].append(part["terms"][0]),
        lambda part: part["terms"][0].update(kind="curved"),
        lambda part: part["terms"][0].update(scale=0.0),
        lambda part: part["terms"][0].update(knots=[]),
        lambda part: part["terms"][0]["knots"].reverse(),
        lambda part: part["terms"][0]["positions"].pop(),
        lambda part: part["terms"][0].update(unknown=1e12),
        lambda part: part["terms"][0].update(coefficient=float("nan")),
        lambda part: part["terms"][0].pop("average"),
        lambda part: part.update(intercept=1e4),
        lambda part: part.pop("terms"),
        lambda part: part.update(terms=3),
    ],
)
def test_a_linear_part_that_cannot_be_is_refused(change: object) -> None:
    artifact = Registry().load()
    assert artifact.model.linear is not None
    plain = json.loads(json.dumps(artifact.model.linear.to_json()))
    change(plain)  # type: ignore[operator]
    with pytest.raises(ArtifactError, match="linear part cannot be used"):
        LinearPart.from_json(plain, artifact.contract.names)


def test_terms_are_whole_billionths_and_follow_the_formula() -> None:
    artifact = Registry().load()
    linear = artifact.model.linear
    assert linear is not None
    rows = artifact.contract.matrix(invent_leads(500, seed=4))
    expected = np.full(len(rows), linear.intercept)
    for term in linear.terms:
        values = rows[:, artifact.contract.names.index(term.feature)]
        placed = np.interp(values, term.knots, term.positions)
        known = term.coefficient * (placed - term.centre) / term.scale
        expected += np.where(np.isnan(values), term.unknown, known)
    sums = LinearSums(linear, artifact.contract.names)
    found = sums.billionths(rows)
    assert found.dtype == np.int64
    np.testing.assert_allclose(found / 1e9, expected, rtol=0, atol=2e-8)
    shares = np.zeros(rows.shape)
    np.testing.assert_array_equal(sums.add_contributions(rows, shares), found)
    total = shares.sum(axis=1) + linear.average_margin
    np.testing.assert_allclose(total, found / 1e9, rtol=0, atol=2e-8)


def test_a_term_never_falls_where_its_coefficient_is_positive() -> None:
    artifact = Registry().load()
    linear = artifact.model.linear
    assert linear is not None
    for sign, feature in zip(artifact.contract.signs, artifact.contract.features, strict=True):
        [term] = [t for t in linear.terms if t.feature == feature.name]
        assert sign * term.coefficient >= 0
        alone = LinearSums(LinearPart(0.0, (term,)), artifact.contract.names)
        knots = np.array(term.knots)
        near = np.concatenate([knots, np.nextafter(knots, -np.inf), np.nextafter(knots, np.inf)])
        grid = np.sort(np.append(near, np.linspace(knots[0] - 1, knots[-1] + 1, 5000)))
        rows = np.zeros((len(grid), len(artifact.contract.names)))
        rows[:, artifact.contract.names.index(feature.name)] = grid
        steps = np.diff(alone.billionths(rows))
        assert (steps * np.sign(term.coefficient) >= 0).all()


def test_both_parts_are_one_margin() -> None:
    artifact = Registry().load()
    rows = artifact.contract.matrix(invent_leads(500, seed=4))
    whole = margins(artifact.model, rows)
    trees = margins(replace(artifact.model, linear=None), rows)
    assert artifact.model.linear is not None
    linear = LinearSums(artifact.model.linear, artifact.contract.names).billionths(rows) / 1e9
    np.testing.assert_allclose(whole, trees + linear, atol=1e-12)
    np.testing.assert_allclose(ExactMargins(artifact.model).of(rows), whole, atol=1e-5)
