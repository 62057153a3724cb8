"""The report: its rows are the model's, its figures those of the JSON, and it says what is bad."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import TRAINING_RELATION
from python_scoring.errors import InputError
from python_scoring.features.contract import flat_contract
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import Evaluation
from python_scoring.model.artifact import load_artifact
from python_scoring.report import wording
from python_scoring.report.effects import _by_size as by_size
from python_scoring.report.effects import summarise_contributions
from python_scoring.report.expectations import expectations_of_scores
from python_scoring.report.hypotheses import Band, read_hypotheses, trend_of
from python_scoring.report.judged_rows import find_rows
from python_scoring.report.page.charts import draw_all, draw_hypotheses, draw_lift, draw_reliability
from python_scoring.report.page.render import CARD, PAGE, render_card, render_page
from python_scoring.report.segments import segmentations
from python_scoring.report.verdicts import (
    claims_of_no_leakage,
    judge_calibration,
    judge_signal,
    judge_spread,
)
from python_scoring.tests.conftest import PROJECT, Dbt

Data = dict[str, Any]
DEMO = PROJECT / "python_scoring/artifacts"
FLAT = ("--label", "label", "--date", "contacted_date")


def call(*words: object) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, words)])


def write_scores(dates: Any, target: Any, path: Path) -> Path:
    """Scores that rank somewhat, as a backtest would have written them."""
    noise = np.random.default_rng(0).normal(size=len(target))
    frame = pd.DataFrame({"contacted_date": dates, "target": target, "score": target + 2 * noise})
    frame.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def flat_file(training_set: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("flat") / "leads.parquet"
    training_set.drop(columns="split").to_parquet(path)
    return path


@pytest.fixture(scope="module")
def scores(training_set: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    test = training_set[training_set["split"] == "test"]
    path = tmp_path_factory.mktemp("scores") / "scores.parquet"
    return write_scores(test["contacted_date"], test["label"], path)


@pytest.fixture(scope="module")
def demo_report(
    demo: Dbt, scores: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Data, Path]:
    """The report of the demo's model on the demo's warehouse: JSON, and folder."""
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(demo.database))
        done = call("--registry", DEMO, "--backtest", scores, "--out", folder, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), folder


class Reader(HTMLParser):
    """Takes a page apart: figures with their values, other texts, and what it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.figures: list[tuple[float, str]] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self._inside, self._value = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside, self._value = tag, given.get("value") or ""
        self.links += [v for n, v in given.items() if n in ("src", "href", "srcset") and v]

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.figures.append((float(self._value), data))
        elif self._inside != "style" and data.strip():
            self.texts.append(" ".join(data.split()))
        self._inside = ""


def leaves(data: Any) -> list[Any]:
    parts = data.values() if isinstance(data, dict) else data
    return [x for part in parts for x in leaves(part)] if isinstance(data, dict | list) else [data]


def test_every_figure_of_the_page_is_one_of_the_json(demo_report: tuple[Data, Path]) -> None:
    figures, folder = demo_report
    page = Reader((folder / PAGE).read_text())
    known = leaves(figures)
    values = {float(x) for x in known if isinstance(x, int | float)}
    # places in a list, the length of one: counted by the page itself
    values |= {float(n) for n in range(1, 11)}
    assert len(page.figures) > 200
    for value, text in page.figures:
        assert value in values, text
        written = {wording.number(value, digits) for digits in range(6)}
        assert text in written | {wording.percent(value, digits) for digits in (0, 1)}
    fixed = {"95 %", "99 %", "1,000"}
    words = sorted({str(x) for x in known if isinstance(x, str | int | float)} | fixed, key=len)
    for text in page.texts:
        rest = text
        for word in words[::-1]:
            rest = rest.replace(" ".join(word.split()), "")
        assert not re.search(r"\d", rest), text


def test_the_page_loads_nothing_and_shows_every_picture(demo_report: tuple[Data, Path]) -> None:
    text = (demo_report[1] / PAGE).read_text()
    page = Reader(text)
    assert len(page.links) == 10
    assert all(link.startswith("data:image/svg+xml;base64,") for link in page.links)
    assert not re.search(r"url\(|@import|<script|<link", text)
    assert "@media print" in text


def test_no_interval_is_drawn_outside_its_picture(demo_report: tuple[Data, Path]) -> None:
    figures = demo_report[0]
    rates = [band["rate"] for each in figures["hypotheses"] for band in each["bands"]]
    for axes in draw_hypotheses(figures).axes:
        assert axes.get_xlim()[1] > max(rate["high"] for rate in rates)
    observed = [band["observed"]["high"] for band in figures["reliability"]]
    assert draw_reliability(figures).axes[0].get_ylim()[1] > max(observed)
    lifts = [lift["high"] for lift in figures["metrics"]["lift_by_decile"]]
    assert draw_lift(figures).axes[0].get_ylim()[1] > max(lifts)


def test_the_page_and_the_card_say_that_the_data_are_invented(
    demo_report: tuple[Data, Path],
) -> None:
    figures, folder = demo_report
    for name in (PAGE, CARD):
        text = (folder / name).read_text()
        assert "invented demo data" in text
        assert figures["version"] in text
        for limit in figures["limits"]:
            assert limit.split("(")[0][:40] in text.replace("\\_", "_")
    assert '<p class="alarm"><strong>About the data' in (folder / PAGE).read_text()


def test_the_same_figures_print_the_same_bytes(demo_report: tuple[Data, Path]) -> None:
    figures, folder = demo_report
    assert render_page(figures, draw_all(figures)) == (folder / PAGE).read_text()
    assert render_card(figures) == (folder / CARD).read_text()


def test_rounds_chosen_and_rounds_fitted_are_both_said(demo_report: tuple[Data, Path]) -> None:
    """The demo's model was fitted with the 50 rounds that the folds chose."""
    figures, folder = demo_report
    chosen, recipe = figures["chosen"], figures["recipe"]
    assert (chosen["family"], chosen["trees"]) == (figures["family"], recipe["trees"])
    grown = figures | {"recipe": recipe | {"trees": 81}}
    card = render_card(grown)
    assert "Fitted with 81 rounds where the folds chose 50, since" in card
    assert "| shallow (chosen) | 50 |" in card
    page = render_page(grown, draw_all(grown))
    assert re.search("Fitted with .*81<.* rounds where the folds chose .*50<", page)
    for text in (folder / PAGE).read_text(), (folder / CARD).read_text():
        assert "where the folds chose" not in text
        assert text.count("(chosen)") == 1


def test_the_figures_are_those_that_training_recorded(demo_report: tuple[Data, Path]) -> None:
    figures, _ = demo_report
    recorded = json.loads((DEMO / figures["version"] / "training_metadata.json").read_text())
    assert figures["metrics"] == recorded["metrics"]
    assert figures["signal"]["state"] == "ranks"
    assert figures["best_tenth_rate"]["value"] == pytest.approx(
        recorded["metrics"]["top_decile_lift"]["value"] * recorded["metrics"]["base_rate"]["value"]
    )
    assert sum(band["rows"] for band in figures["reliability"]) == figures["metrics"]["rows"]
    for kind in (figures["months"], *(s["segments"] for s in figures["segmentations"])):
        assert sum(each["rows"] for each in kind) == figures["metrics"]["rows"]
        assert sum(each["conversions"] for each in kind) == figures["metrics"]["positives"]
    sources = {segment["name"] for segment in figures["segmentations"][2]["segments"]}
    assert {"Referral", "LinkedIn", "Webinar", "Conference", "Purchased list"} <= sources


def test_hypotheses_are_counted_by_dbt_and_judged_by_their_trend(
    demo: Dbt, demo_report: tuple[Data, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(demo.database))
    found = {each.name: each for each in read_hypotheses()}
    assert list(found) == ["bleeding firm", "flight risk", "mobility"]
    for hypothesis in found.values():
        assert hypothesis.verdict == "supported"
        assert all(b.rate.low < b.rate.value < b.rate.high for b in hypothesis.bands)
    assert [each["name"] for each in demo_report[0]["hypotheses"]] == list(found)


def test_a_trend_is_measured_in_standard_errors() -> None:
    def bands(*counts: tuple[int, int]) -> list[Band]:
        rate = Interval(0, 0, 0)
        return [Band("", rows, hits, rate) for rows, hits in counts]

    # two bands: the square is Pearson's chi-squared without correction, by hand
    assert trend_of(bands((100, 40), (100, 54))) ** 2 == pytest.approx(3.9335, abs=1e-3)
    assert trend_of(bands((100, 54), (100, 40))) < 0
    assert trend_of(bands((100, 0), (50, 0))) == 0


def test_a_flat_table_is_reported_without_the_warehouse(
    trained: Path, flat_file: Path, scores: Path, tmp_path: Path
) -> None:
    words = ("--input", flat_file, *FLAT, "--backtest", scores, "--out", tmp_path)
    done = call("--registry", trained, *words)
    assert done.exit_code == 0, done.output
    assert "Call the best tenth first: one in" in done.stdout
    page = (tmp_path / PAGE).read_text()
    assert "was trained on another table" in page
    assert "Lead source" not in page
    assert "Advisors at the firm" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f[:-1], "does not hold the rows"),
        (lambda f: f.assign(label=f["label"].to_numpy()[::-1]), "does not hold the rows"),
        (
            lambda f: f.assign(firm_net_change_12mo=f["firm_net_change_12mo"].to_numpy()[::-1]),
            "are not those that the model was judged on",
        ),
        (lambda f: f.drop(columns="pit_moves_3yr"), "no column pit_moves_3yr"),
    ],
)
def test_other_rows_than_the_model_s_are_refused(
    trained: Path,
    flat_file: Path,
    scores: Path,
    tmp_path: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    said: str,
) -> None:
    change(pd.read_parquet(flat_file)).to_parquet(tmp_path / "other.parquet")
    words = ("--input", tmp_path / "other.parquet", *FLAT, "--backtest", scores)
    done = call("--registry", trained, *words, "--out", tmp_path / "out")
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--input", "x.csv"), "needs --label and --date"),
        (("--label", "y"), "go with --input"),
        (("--model", "none"), "There is no model none"),
    ],
)
def test_a_report_without_what_it_needs_exits_2(words: tuple[str, ...], said: str) -> None:
    done = call(*words)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_a_model_of_a_file_is_not_reported_on_the_warehouse(
    trained: Path,
) -> None:
    artifact = load_artifact(next(trained.glob("v3-*")))
    with pytest.raises(InputError, match=r"trained on bank\.csv, not on the warehouse"):
        find_rows(replace(artifact, metadata=artifact.metadata | {"source": "bank.csv"}))


def test_each_kind_of_leakage_has_a_claim_and_what_shows_it(trained: Path) -> None:
    metadata = load_artifact(next(trained.glob("v3-*"))).metadata
    claims = claims_of_no_leakage(metadata | {"source": TRAINING_RELATION})
    assert len({claim.kind for claim in claims}) == len(claims) == 7
    assert f"{metadata['periods']['test']['rows']:,} leads" in claims[0].claim
    # of a file nobody here knows how its rows were made
    told = {claim.kind: claim for claim in claims_of_no_leakage(metadata | {"source": "bank.csv"})}
    for kind in ("Duplicates", "Facts of later than the contact"):
        assert "nothing here" in told[kind].shown_by


@pytest.mark.parametrize(
    ("changed", "kind", "claim"),
    [
        ({"suspects": {}}, "Features that", "No feature predicts too well to be honest."),
        ({"suspects": {"duration": ["too good"]}}, "Features that", "Not claimed: suspected of"),
        ({"arrivals": {"archive": 9}}, "Facts of later", "Only what had been delivered by"),
        ({"arrivals": {"assumed_prompt": 9}}, "Facts of later", "Only what had happened by"),
        ({"arrivals": {}}, "Facts of later", "Only what had happened by"),
    ],
)
def test_no_more_is_claimed_than_is_known(
    trained: Path, changed: Data, kind: str, claim: str
) -> None:
    metadata = load_artifact(next(trained.glob("v3-*"))).metadata
    [told] = [c for c in claims_of_no_leakage(metadata | changed) if c.kind.startswith(kind)]
    assert told.claim.startswith(claim)


def test_foreign_texts_cannot_become_markup(demo_report: tuple[Data, Path]) -> None:
    figures = demo_report[0] | {"data_note": "<script>alert(1)</script> a|b"}
    page, card = render_page(figures, dict.fromkeys(draw_all(figures), b"")), render_card(figures)
    assert "<script>" not in page + card
    assert "&lt;script&gt;" in page
    assert r"a\|b" in card


def test_a_curve_that_was_fitted_anew_is_said(demo_report: tuple[Data, Path]) -> None:
    told = demo_report[0] | {"recalibrated": {"from": "v3-first-20250530-1", "since": "2025-10-01"}}
    for figures, times in ((demo_report[0], 0), (told, 1)):
        page = render_page(figures, dict.fromkeys(draw_all(figures), b""))
        for text in (page, render_card(figures)):
            assert text.count("fitted anew on contacts since") == times
            assert text.count("v3-first-20250530-1") == times


def found(auc: tuple[float, float, float], rate: tuple[float, float, float]) -> Evaluation:
    one = Interval(1, 1, 1)
    return Evaluation(100, 10, Interval(*rate), Interval(*auc), one, one, [one] * 10, one, one)


def test_a_model_without_signal_must_not_be_used() -> None:
    lucky = judge_signal(found((0.55, 0.49, 0.6), (0.04, 0.03, 0.05)))
    assert lucky.state == "chance"
    assert "does not rank better than chance; do not use it" in lucky.text
    assert judge_signal(found((0.55, 0.51, 0.6), (0.04, 0.03, 0.05))).state == "ranks"


@pytest.mark.parametrize(
    ("predicted", "state", "said"),
    [
        (0.43, "holds", "predicted 43.0 %, observed 44.5 % (43.0 to 45.9 %)."),
        (0.42, "is off", "1.06 times the prediction"),
        (0.11, "broke", "broke in the test period: predicted 11.0 %, observed 44.5 %"),
        (0.11, "broke", "4.05 times the prediction"),
        (0.90, "broke", "0.49 times the prediction"),
    ],
)
def test_calibration_that_broke_is_reported_with_its_size(
    predicted: float, state: str, said: str
) -> None:
    verdict = judge_calibration(found((0.7, 0.6, 0.8), (0.445, 0.43, 0.459)), predicted)
    assert (verdict.state, said in verdict.text) == (state, True), verdict.text


def test_the_spread_of_probabilities_is_judged_by_the_slope() -> None:
    assert "too close" in judge_spread(Interval(1.4, 1.1, 1.6))
    assert "too far" in judge_spread(Interval(0.6, 0.4, 0.9))
    for unsure in (Interval(0.9, 0.7, 1.1), Interval(1.1, 0.9, 1.3)):
        assert "as far apart" in judge_spread(unsure)
    assert "same probability" in judge_spread(None)


def test_expectations_are_the_ends_of_the_backtest_s_lift(scores: Path, tmp_path: Path) -> None:
    expected = expectations_of_scores(scores, seed=0)
    lift, rate = expected.evaluation.top_decile_lift, expected.evaluation.base_rate.value
    plan = (expected.conservative, expected.realistic, expected.optimistic)
    assert plan == pytest.approx([1000 * rate * x for x in (lift.low, lift.value, lift.high)])
    assert plan[0] < plan[1] < plan[2]
    assert expected.without_model == pytest.approx(1000 * rate)
    often = np.arange(1000) % 10 > 0
    surely = write_scores([dt.date(2025, 1, 1)] * 1000, often.astype(int), tmp_path / "s.parquet")
    assert expectations_of_scores(surely, seed=0).optimistic == 1000


@pytest.mark.parametrize("column", ["target", "score"])
def test_scores_with_what_is_not_known_are_refused(column: str, tmp_path: Path) -> None:
    days = [dt.date(2025, 1, 1)] * 100
    path = write_scores(days, (np.arange(100) % 10 == 0).astype(int), tmp_path / "s.parquet")
    frame = pd.read_parquet(path)
    frame[column] = frame[column].astype(float).mask(frame.index.isin([7, 50]))
    frame.to_parquet(path)
    with pytest.raises(InputError, match=rf"(?s)Column {column} of s.parquet is empty in 2.*row 8"):
        expectations_of_scores(path, seed=0)


def test_contributions_are_ordered_and_count_every_row(
    trained: Path, training_set: pd.DataFrame
) -> None:
    artifact = load_artifact(next(trained.glob("v3-*")))
    features = training_set[artifact.contract.names].to_numpy("float64")[:500]
    summary = summarise_contributions(artifact, features)
    sizes = [group.mean_size for group in summary.groups]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == len(artifact.contract.groups)
    names = [artifact.contract.names[position] for position in summary.strongest]
    assert "firm_net_change_12mo" in names or "flight_risk_score" in names
    for dependence in summary.dependences:
        assert sum(point.rows for point in dependence.points) == len(features)
        assert all(point.low <= point.high for point in dependence.points)
        assert "around" in dependence.finding


def test_a_value_that_many_share_is_a_point_of_its_own() -> None:
    values = np.array([0.0] * 300 + [*range(-50, 0), *range(1, 51), np.nan])
    numbers = by_size(values)
    at_zero = numbers[values == 0]
    assert len(set(at_zero)) == 1
    assert (numbers == at_zero[0]).sum() == 300
    assert numbers[-1] == numbers.max()
    assert (numbers == numbers.max()).sum() == 1
    assert (np.diff(numbers[np.argsort(values)]) >= 0).all()


def test_leads_are_sorted_by_what_is_known_or_by_thirds(training_set: pd.DataFrame) -> None:
    names = ["age", "job", "owner"]
    rng = np.random.default_rng(0)
    columns = [rng.integers(18, 60, 900), rng.integers(0, 12, 900), rng.integers(0, 2, 900)]
    features = np.column_stack(columns).astype("float64")
    features[:5, 0] = features[:9, 1] = np.nan
    jobs = tuple(f"job {n}" for n in range(12))
    contract = flat_contract(names).with_categories({"job": jobs})
    some = np.zeros(900)
    dates, none = some.astype("datetime64[D]"), some.astype(str)
    table = LabelledTable("t", contract, features, some > 0, dates, some.astype(int), none, 0, {})
    age, job, owner = segmentations(table, [0, 1, 2], None)
    counts = {name: int((age.names == name).sum()) for name in age.order}
    assert counts.pop("not known") == 5
    assert len(counts) == 3
    assert min(counts.values()) > 250
    assert len(job.order) == 9
    assert (job.names == "all others").sum() > 200
    assert owner.order == ["up to 0", "above 0", "not known"]
    for each in (age, job, owner):
        assert set(each.names) <= set(each.order)
