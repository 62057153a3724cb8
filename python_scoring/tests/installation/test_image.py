"""The container holds what a day needs and nothing else, and its line of a day does what it says.

No image is built here, since a base image cannot be had everywhere: what the Dockerfile copies is
laid out in a folder, and the line is run there.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3]
DEPLOY = PROJECT / "deploy"
DAY = "2025-06-30"


def instructions() -> list[list[str]]:
    """Return the words of each instruction of the Dockerfile."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    return [line.split() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def stages() -> list[list[list[str]]]:
    """Return the instructions of each stage, its FROM first."""
    found: list[list[list[str]]] = []
    for words in instructions():
        if words[0] == "FROM":
            found.append([])
        if found:
            found[-1].append(words)
    return found


def copied(stage: list[list[str]]) -> list[str]:
    """Return what a stage takes from the project's folder."""
    copies = [words[1:-1] for words in stage if words[0] == "COPY"]
    return [name for names in copies for name in names if not names[0].startswith("--from")]


def test_the_last_stage_installs_nothing_and_runs_as_nobody() -> None:
    _, last = stages()
    assert {stage[0][1] for stage in stages()} == {"${PYTHON}"}
    assert [words for words in last if words[0] in ("RUN", "ADD")] == []
    (user,) = (words[1] for words in last if words[0] == "USER")
    assert all(int(part) > 0 for part in user.split(":"))


def test_nothing_is_installed_without_a_hash() -> None:
    installs = [" ".join(words) for words in instructions() if "install" in words]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--only-binary :all:" in installs[0], "a compiler would be needed"
    assert installs[1].endswith("install --no-deps --no-build-isolation --editable .")
    assert not re.search(r"https?://|--(extra-)?index", (DEPLOY / "Dockerfile").read_text())


def test_the_context_is_what_is_copied() -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    wanted = {name for stage in stages() for name in copied(stage)}
    assert "*" in lines
    assert let_in == (wanted - {"seeds"}) | {"seeds/mappings"}
    assert [name for name in let_in if not (PROJECT / name).exists()] == []


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Return a folder that holds what the image holds in /app."""
    app = tmp_path / "app"
    left_out = shutil.ignore_patterns("__pycache__", "demo", "artifacts")
    for words in (words for words in stages()[1] if words[0] == "COPY"):
        for name in copied([words]):
            target = app / (words[-1] if words[-1] != "./" else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if (PROJECT / name).is_dir():
                shutil.copytree(PROJECT / name, target, ignore=left_out)
            else:
                shutil.copy(PROJECT / name, target)
    shutil.rmtree(app / "python_scoring/tests")
    return app


def run_daily(app: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the line with the variables of the image, its libraries being those of this process."""
    scratch = app.parent / "tmp"
    scratch.mkdir(exist_ok=True)
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("LEAD_SCORING_", "DBT_"))}
    set_there = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(app),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "DBT_PROFILES_DIR": str(app),
        "DBT_TARGET_PATH": str(scratch / "target"),
        "DBT_LOG_PATH": str(scratch / "logs"),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run(
        [str(app / "deploy/daily"), *words],
        env=kept | set_there | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_it_holds_carries_a_day_and_nothing_is_written_beside_it(image: Path) -> None:
    before = sorted(path for path in image.rglob("*"))
    out = image.parent / "out"
    done = run_daily(
        image,
        DAY,
        LEAD_SCORING_TARGET="duckdb",
        LEAD_SCORING_DB=str(image.parent / "day.duckdb"),
        LEAD_SCORING_DATA=str(PROJECT / "seeds/demo"),
        LEAD_SCORING_MODELS=str(PROJECT / "python_scoring/artifacts"),
        LEAD_SCORING_OUT=str(out),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"^== .*", done.stderr, re.MULTILINE) == [
        f"== build {DAY}",
        "== prospects",
        "== sync",
    ]
    assert "Nothing was sent." in done.stdout
    assert (out / "prospects.csv").stat().st_size > 1000
    assert sorted(path for path in image.rglob("*")) == before


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Return a folder with a dbt and a lead-scoring that only note how they are called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dbt", "lead-scoring"):
        (folder / name).write_text(
            f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/called"\n'
            'case " $* " in *" $FAILS "*) exit 1 ;; esac\n'
        )
        (folder / name).chmod(0o755)
    return folder


def called(
    commands: Path, *words: str, fails: str = "nothing", **environment: str
) -> tuple[int, list[str]]:
    """Return the exit code of the line and the commands that it called."""
    path = f"{commands}:{os.environ['PATH']}"
    done = subprocess.run(
        [str(DEPLOY / "daily"), *words],
        env={"PATH": path, "FAILS": fails, "TMPDIR": "/scratch"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    record = commands.parent / "called"
    return done.returncode, record.read_text().splitlines() if record.exists() else []


def test_the_line_sends_only_where_it_is_told_to(commands: Path) -> None:
    build = (
        "dbt build --quiet --exclude-resource-type unit_test"
        " --vars {score_date: 2025-07-01, analysis_date: 2025-07-01}"
    )
    rest = " --out /scratch/salesforce_payload.json"
    wanted = [build, "lead-scoring prospects", f"lead-scoring sync salesforce{rest}"]
    assert called(commands, "2025-07-01") == (0, wanted)
    (commands.parent / "called").unlink()
    wanted[2] = f"lead-scoring sync salesforce --execute{rest}"
    assert called(commands, "--execute", "2025-07-01") == (0, wanted)


def test_the_day_of_the_delivery_reaches_the_build(commands: Path) -> None:
    _, made = called(commands, DAY, LEAD_SCORING_DELIVERY_DATE="2025-06-28")
    days = yaml.safe_load(made[0].split(" --vars ")[1])
    assert {name: str(day) for name, day in days.items()} == {
        **dict.fromkeys(("score_date", "analysis_date"), DAY),
        "delivery_date": "2025-06-28",
    }


@pytest.mark.parametrize(("fails", "code", "calls"), [("build", 2, 1), ("prospects", 1, 2)])
def test_a_step_that_fails_ends_the_line(commands: Path, fails: str, code: int, calls: int) -> None:
    found, made = called(commands, "--execute", DAY, fails=fails)
    assert (found, len(made)) == (code, calls)


@pytest.mark.parametrize(
    "words", [("2025-02-30",), ("today",), ("2025-7-1",), (DAY, DAY), ("--send",), ("1; id",)]
)
def test_what_is_no_day_starts_nothing(commands: Path, words: tuple[str, ...]) -> None:
    assert called(commands, *words) == (2, [])


def test_both_schedules_start_the_job() -> None:
    job = yaml.safe_load((DEPLOY / "cloud_run_job.yaml").read_text())
    name = job["metadata"]["name"]
    assert f"job={name}\n" in (DEPLOY / "cloud_scheduler").read_text()
    workflow = yaml.safe_load((DEPLOY / "github_actions.yml").read_text())
    assert f"jobs execute {name} " in (DEPLOY / "github_actions.yml").read_text()
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    # what a person types into the form is a variable of the shell, never part of the script
    assert all("${{" not in step.get("run", "") for step in workflow["jobs"]["daily"]["steps"])


def test_no_secret_stands_in_the_job() -> None:
    task = yaml.safe_load((DEPLOY / "cloud_run_job.yaml").read_text())["spec"]["template"]["spec"]
    (container,) = task["template"]["spec"]["containers"]
    plain = {each["name"] for each in container["env"] if "value" in each}
    assert not {name for name in plain if re.search("SECRET|TOKEN|PASSWORD|_KEY$", name)}
    assert "LEAD_SCORING_MODELS" in plain
