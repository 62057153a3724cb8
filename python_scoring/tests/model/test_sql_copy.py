"""A promotion renews the SQL copy of the model, or says what is left to do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.model.artifact import load_artifact, write_artifact
from python_scoring.model.registry import PACKAGED, Registry
from python_scoring.model.sql_copy import PROJECT_FILE, SQL_COPY
from python_scoring.model.sql_export import render
from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.support.invented_models import draft_of

IN_FORCE = str(Registry(PACKAGED).promoted())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the project's settings, the committed SQL copy, and a registry."""
    (tmp_path / SQL_COPY.parent).mkdir(parents=True)
    shutil.copy(PROJECT / SQL_COPY, tmp_path / SQL_COPY)
    shutil.copy(PROJECT / PROJECT_FILE, tmp_path)
    shutil.copytree(PACKAGED, tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def score_in_sql(project: Path) -> None:
    text = (project / PROJECT_FILE).read_text()
    assert "\n  scoring_engine: python\n" in text
    (project / PROJECT_FILE).write_text(
        text.replace("\n  scoring_engine: python\n", "\n  scoring_engine: sql\n")
    )


def candidate() -> str:
    draft = draft_of(PACKAGED / IN_FORCE, "2026-01-01")
    return write_artifact(draft, Path("models"), name="next")


Run = Callable[..., Result]


@pytest.fixture
def run(project: Path) -> Run:
    """Return a caller of `models`; no lead to compare on is needed, since no model is in force."""
    (project / "models/registry.json").unlink()
    registry = ("--registry", "models")
    return lambda *words: CliRunner().invoke(main, ["models", *words, *registry, "--json"])


def test_it_is_renewed_where_the_project_scores_in_sql(project: Path, run: Run) -> None:
    score_in_sql(project)
    version = candidate()
    Registry("models").promote(IN_FORCE, "")
    Registry("models").promote(version, "")
    done = run("rollback")
    assert (done.exit_code, done.stderr) == (0, ""), "the copy was of this model already"
    (project / SQL_COPY).write_text(render(load_artifact(project / "models" / version)))
    Registry("models").promote(version, "")
    done = run("rollback")
    assert done.stderr == f"{SQL_COPY} is of {IN_FORCE} now: commit it, and build.\n"
    assert (project / SQL_COPY).read_bytes() == (PROJECT / SQL_COPY).read_bytes()


def test_promote_renews_it_too(project: Path, run: Run) -> None:
    score_in_sql(project)
    version = candidate()
    done = run("promote", version, "--override", "a test")
    assert done.exit_code == 0, done.output
    assert f"{SQL_COPY} is of {version} now" in done.stderr
    artifact = load_artifact(project / "models" / version)
    assert (project / SQL_COPY).read_text() == render(artifact)


def test_elsewhere_one_line_says_what_is_left_to_do(project: Path, run: Run) -> None:
    version = candidate()
    done = run("promote", version, "--override", "a test")
    assert done.exit_code == 0, done.output
    assert done.stderr.endswith(
        f"Left to do where a build scores in SQL ({SQL_COPY} is of {IN_FORCE}): lead-scoring "
        f"models export-sql {version} --registry models --out {SQL_COPY}\n"
    )
    assert (project / SQL_COPY).read_bytes() == (PROJECT / SQL_COPY).read_bytes()


def test_a_copy_that_cannot_be_written_is_told_and_the_promotion_stands(
    project: Path, run: Run
) -> None:
    score_in_sql(project)
    version = candidate()
    shutil.rmtree(project / SQL_COPY.parent)
    (project / SQL_COPY.parent).touch()
    done = run("promote", version, "--override", "a test")
    assert done.exit_code == 0, done.output
    assert "Left to do, since this project scores in SQL" in done.stderr
    assert "cannot be written" in done.stderr
    assert Registry("models").promoted() == version
