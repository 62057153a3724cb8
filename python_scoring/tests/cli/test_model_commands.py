"""The commands `train`, `score`, `score-lead` and `models`, as a user calls them."""

import csv
import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from python_scoring.cli.main import COMMANDS, main
from python_scoring.errors import InputError
from python_scoring.io import table_files as tables
from python_scoring.model.artifact import write_artifact
from python_scoring.model.manifest import KEY
from python_scoring.scoring import files as score_file
from python_scoring.scoring.output_columns import SCORE_SCHEMA
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.tests.support.invented_models import draft_of

Run = Callable[..., Result]


@pytest.fixture
def run(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a caller of commands, with a registry of its own in LEAD_SCORING_MODELS."""
    shutil.copytree(trained, tmp_path / "models")
    monkeypatch.setenv("LEAD_SCORING_MODELS", str(tmp_path / "models"))
    return lambda *words, **more: CliRunner().invoke(main, [str(w) for w in words], **more)


@pytest.fixture
def flat_file(training_set: pd.DataFrame, tmp_path: Path) -> Path:
    columns = ["current_firm_tenure_months", "pit_moves_3yr", "firm_net_change_12mo"]
    frame = training_set[[*columns, "contacted_date", "label"]]
    frame = frame.assign(owner=[f"owner {number}" for number in range(len(frame))])
    frame.to_csv(tmp_path / "leads.csv", index=False)
    return tmp_path / "leads.csv"


def test_a_flat_file_is_learned_and_judged(run: Run, flat_file: Path, tmp_path: Path) -> None:
    words = ("train", "--input", flat_file, "--label", "label", "--date", "contacted_date")
    done = run(*words, "--json", "--name", "flat", "--note", "invented", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert "Left out: owner (6000 different texts)" in done.stderr
    assert report["metrics"]["auc"]["value"] > 0.6
    assert report["metrics"]["auc"]["low"] < report["metrics"]["auc"]["high"]
    assert (tmp_path / "out" / report["version"] / "manifest.json").is_file()
    lead = {"current_firm_tenure_months": 40, "pit_moves_3yr": 3, "firm_net_change_12mo": -30}
    scored = LeadScorer(report["version"], tmp_path / "out").score_lead(lead)
    assert scored["engineered_features"] == {}


def test_the_training_set_of_the_warehouse_is_the_default(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    done = run("train", "--note", "invented")
    assert done.exit_code == 0, done.output
    version = LeadScorer().model_version
    assert done.stdout.startswith(f"{version}  from lead_training_set")
    assert "top-decile lift" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--label", "y"), "go with --input"),
        (("--input", "x.csv"), "needs --label and --date"),
        (("--name", "My Model"), "small letters"),
        (("--input", "x.csv", "--label", "y", "--date", "d"), "There is no file x.csv"),
    ],
)
def test_training_without_what_it_needs_exits_2(run: Run, words: tuple[str], said: str) -> None:
    done = run("train", *words)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_a_curve_is_fitted_anew_and_scores_once_promoted(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    before = LeadScorer()
    done = run("recalibrate", "--since", "2025-01-01", "--json")
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert made["recalibrated"] == {"from": before.model_version, "since": "2025-01-01"}
    assert made["periods"]["calibration"]["from"] >= "2025-01-01"
    page = run("recalibrate", "--since", "2025-01-01").stdout
    assert f"{before.model_version}; its curve is fitted since 2025-01-01" in page
    promoted = run("models", "promote", made["version"], "--override", "the level was lost")
    assert promoted.exit_code == 0, promoted.output
    assert LeadScorer().model_version == made["version"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing option '--since'"),
        (("--since", "2024-02-10"), "is no day to calibrate from"),
        (("--since", "2025-05-20"), "No row of lead_training_set falls into the calibration"),
        (("--since", "2025-04-01"), "conversions in the calibration period, 30 needed"),
        (("--since", "2025-01-01", "--model", "v3-nobody"), "There is no model v3-nobody"),
        (("--since", "2025-01-01", "--test-share", "1"), "leaves no honest split"),
        (("--since", "2025-01-01", "--gap-days", "-1"), "-1 is not in the range x>=0"),
    ],
)
def test_a_curve_without_what_it_needs_exits_2(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str], said: str
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    done = run("recalibrate", *words)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_the_gap_is_that_of_the_model(
    run: Run, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model whose outcomes take 60 days is not calibrated after 30; most contacts may judge."""
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    [folder] = (tmp_path / "models").glob("v3-*")
    draft = draft_of(folder, "2025-06-01")
    slow = write_artifact(
        replace(draft, metadata=draft.metadata | {"gap_days": 60}), tmp_path / "models", name="slow"
    )
    words = ("recalibrate", "--since", "2025-01-01", "--model", slow, "--force", "--json")
    for given, gap in (((), 60), (("--gap-days", "20", "--test-share", "0.7"), 20)):
        done = run(*words, *given)
        assert done.exit_code == 0, done.output
        periods = json.loads(done.stdout)["periods"]
        ends = (periods["test"]["from"], periods["calibration"]["to"])
        test, calibration = (date.fromisoformat(day) for day in ends)
        assert gap < (test - calibration).days <= gap + 3


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_file_keeps_its_columns_and_gets_scores(
    run: Run, new_leads: pd.DataFrame, tmp_path: Path, suffix: str
) -> None:
    counts = pa.array([None, *range(len(new_leads) - 1)], pa.int32())
    source = pa.Table.from_pandas(new_leads).append_column("calls", counts)
    parquet.write_table(source, tmp_path / "in.parquet")
    target = tmp_path / f"out.{suffix}"
    done = run("score", "--input", tmp_path / "in.parquet", "--output", target, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == len(new_leads)
    scored = tables.read_table(target)
    assert scored.column_names == source.column_names + SCORE_SCHEMA.names
    expected = LeadScorer().score_frame(new_leads)
    assert scored.column("lead_score").to_pylist() == pytest.approx(expected.lead_score.tolist())
    assert scored.column("narrative").to_pylist() == expected.narrative.tolist()
    if suffix == "parquet":
        assert scored.select(source.column_names).equals(source.replace_schema_metadata())


def test_columns_that_are_no_features_come_out_of_csv_as_they_stand(
    scorer: LeadScorer, new_leads: pd.DataFrame, tmp_path: Path
) -> None:
    passed = {
        "account_no": ["00512", "12345678901234567890", "", "NA"],
        "vip": ["True", "false", "", "true"],
        "since": ["2024-03-01 09:00", "", "2024-3-1", "1.50"],
    }
    leads = new_leads[:4].assign(**passed)
    leads.to_csv(tmp_path / "in.csv", index=False)
    score_file.score_file(scorer, tmp_path / "in.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {name: [row[name] for row in rows] for name in passed} == passed
    expected = scorer.score_frame(new_leads[:4]).lead_score.tolist()
    assert [float(row["lead_score"]) for row in rows] == pytest.approx(expected)


def test_parts_together_are_the_whole(
    scorer: LeadScorer, new_leads: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_leads.to_parquet(tmp_path / "in.parquet")
    shares: list[float] = []
    for name, size in (("whole", 10_000), ("parts", 7)):
        monkeypatch.setattr(
            score_file,
            "read_batches",
            lambda path, typed, size=size: tables.read_batches(path, size, typed),
        )
        target = tmp_path / f"{name}.parquet"
        score_file.score_file(scorer, tmp_path / "in.parquet", target, shares.append)
    whole, parts = (tables.read_table(tmp_path / f"{n}.parquet") for n in ("whole", "parts"))
    assert whole.equals(parts)
    assert shares[0] == shares[-1] == 1
    assert len(shares) == 1 + -(-len(new_leads) // 7)


def test_what_is_held_of_a_file_does_not_grow_with_it(
    scorer: LeadScorer, new_leads: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, parts = len(new_leads), 60
    drawn = np.random.default_rng(1).random((100, rows * parts))
    passed = pa.table({f"passed_{number}": column for number, column in enumerate(drawn)})
    source = pa.Table.from_pandas(pd.concat([new_leads] * parts), preserve_index=False)
    for name in passed.column_names:
        source = source.append_column(name, passed.column(name))
    parquet.write_table(source, tmp_path / "in.parquet", row_group_size=rows)
    of_part = passed.nbytes / parts
    del source, passed, drawn
    monkeypatch.setattr(
        score_file, "read_batches", lambda path, typed: tables.read_batches(path, rows, typed)
    )
    held: list[int] = []
    before = pa.total_allocated_bytes()
    score_file.score_file(
        scorer,
        tmp_path / "in.parquet",
        tmp_path / "out.parquet",
        lambda share: held.append(pa.total_allocated_bytes()),
    )
    assert len(held) == parts
    assert max(held) < before + 10 * of_part


def test_a_row_that_stops_the_run_half_way_leaves_no_half_file(
    scorer: LeadScorer, new_leads: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        score_file, "read_batches", lambda path, typed: tables.read_batches(path, 100, typed)
    )
    late = new_leads.assign(firm_aum_pit=[*[1.0] * 499, float("inf")])
    late.to_parquet(tmp_path / "in.parquet")
    with pytest.raises(InputError, match="firm_aum_pit is infinite"):
        score_file.score_file(scorer, tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="pit_moves_3yr"), "missing: pit_moves_3yr"),
        (lambda f: f.assign(lead_score=1), "already has lead_score"),
        (lambda f: f[:0], "holds no rows"),
        (lambda f: f.assign(pit_moves_3yr="two"), "Feature pit_moves_3yr holds string"),
    ],
)
def test_a_file_that_cannot_be_scored_leaves_the_former_result(
    run: Run,
    new_leads: pd.DataFrame,
    tmp_path: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    said: str,
) -> None:
    change(new_leads).to_parquet(tmp_path / "in.parquet")
    (tmp_path / "out.parquet").write_text("former")
    before = set(tmp_path.iterdir())
    done = run("score", "--input", tmp_path / "in.parquet", "--output", tmp_path / "out.parquet")
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "out.parquet").read_text() == "former"
    assert set(tmp_path.iterdir()) == before


def test_one_lead_is_scored_from_a_file_or_from_stdin(
    run: Run, new_leads: pd.DataFrame, tmp_path: Path
) -> None:
    lead = json.dumps(new_leads.iloc[3].to_dict())
    (tmp_path / "lead.json").write_text(lead)
    from_file, from_stdin = (
        run("score-lead", tmp_path / "lead.json"),
        run("score-lead", "-", input=lead),
    )
    assert from_file.stdout == from_stdin.stdout
    expected = LeadScorer().score_frame(new_leads).lead_score.iloc[3]
    assert json.loads(from_file.stdout)["lead_score"] == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is not JSON"), ("[1]", "holds no JSON object"), ("{}", "pit_moves_3yr is missing")],
)
def test_a_lead_that_cannot_be_scored_exits_2(run: Run, text: str, said: str) -> None:
    done = run("score-lead", "-", input=text)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_the_registry_is_listed_shown_and_changed(run: Run, tmp_path: Path) -> None:
    def told(*words: str) -> Any:
        done = run("models", *words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    [row] = told("list")
    assert (row["status"], row["data_note"]) == ("promoted", "invented")
    shown = told("show")
    assert shown["version"] == row["version"]
    assert shown["promoted"] is True
    assert shown["promotions"][0]["reason"] == "first"
    for words in (("list",), ("show", row["version"])):
        text = run("models", *words).stdout
        assert row["version"] in text
        assert "promoted" in text
    again = run("models", "promote", row["version"])
    assert (again.exit_code, "already" in again.stderr) == (2, True)
    back = run("models", "rollback")
    assert (back.exit_code, "no earlier promotion" in back.stderr) == (2, True)


def test_a_damaged_model_is_listed_as_such_and_does_not_score(
    run: Run, tmp_path: Path, new_leads: pd.DataFrame
) -> None:
    [folder] = (tmp_path / "models").glob("v3-*")
    (folder / "model.ubj").write_bytes(b"")
    listed = run("models", "list")
    assert listed.exit_code == 0
    assert "damaged" in listed.stdout
    done = run("score-lead", "-", input="{}")
    assert (done.exit_code, "model.ubj was altered" in done.stderr) == (2, True)


def test_an_empty_registry_says_how_to_begin(run: Run, tmp_path: Path) -> None:
    done = run("models", "list", "--registry", tmp_path / "none")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "lead-scoring train" in done.stderr


@pytest.mark.parametrize(
    "command",
    ["train", "recalibrate", "score", "score-lead", "models"]
    + [f"models {word}" for word in ("list", "show", "promote", "rollback", "sign")],
)
def test_help_has_examples_and_exit_codes_on_lines_of_their_own(run: Run, command: str) -> None:
    assert command.split()[0] in COMMANDS
    lines = [line.strip() for line in run(*command.split(), "--help").stdout.splitlines()]
    assert any(line.startswith(f"lead-scoring {command}") for line in lines)
    assert any(line.startswith("Exit codes: 0") for line in lines)
    assert not any("\\b" in line for line in lines)


def test_scores_do_not_replace_the_leads(run: Run, new_leads: pd.DataFrame, tmp_path: Path) -> None:
    leads = tmp_path / "leads.parquet"
    new_leads.to_parquet(leads)
    (tmp_path / "link.parquet").hardlink_to(leads)
    before = leads.read_bytes()
    for target in ("leads.parquet", "../" + tmp_path.name + "/leads.parquet", "link.parquet"):
        done = run("score", "--input", leads, "--output", tmp_path / target)
        assert (done.exit_code, "--output is the file of --input" in done.stderr) == (2, True)
    assert leads.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": NaN}', "NaN is no number in JSON"),
        ('{"a": "\\ud800"}', "a is not a feature"),
    ],
)
def test_json_that_cannot_be_a_lead_is_told_without_a_traceback(
    run: Run, text: str, said: str
) -> None:
    done = run("score-lead", "-", input=text)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_the_system_refuses_anywhere_is_no_defect(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "", "/somewhere/file")

    monkeypatch.setattr(Path, "glob", refuse)
    done = run("models", "list")
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr
    for part in (os.strerror(number), "Why it matters:", "Where: /somewhere/file", "Fix:"):
        assert part in done.stderr


def test_a_version_is_signed_by_name(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    version = json.loads(run("models", "show", "--json").stdout)["version"]
    assert run("models", "sign", version).exit_code == 2
    monkeypatch.setenv(KEY, "k" * 32)
    refused = run("models", "show")
    assert (refused.exit_code, f"models sign {version}" in refused.stderr) == (2, True)
    assert run("models", "sign", version).exit_code == 0
    assert run("models", "show").exit_code == 0
    assert run("models", "sign", "v9").exit_code == 2
