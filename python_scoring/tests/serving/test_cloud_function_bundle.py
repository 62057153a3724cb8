"""What is deployed: a folder that is complete and small, starts fast, with the tested lock."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from pydantic import ValidationError

from python_scoring.cli.main import main
from python_scoring.features.contract import FeatureContract
from python_scoring.features.feature import Feature
from python_scoring.model.registry import Registry
from python_scoring.serving.bundle import FUNCTION
from python_scoring.serving.messages import reasons, request_type

LOCK = (FUNCTION / "requirements.txt").read_text(encoding="utf-8")

# Imports nothing but the standard library, the bundle, and what its lock names; scores a lead; says
# how much processor time that took since the process began, which a busy machine does not change.
START = """
import json, sys, time
absent, bundle = set(json.loads(sys.argv[1])), sys.argv[2]
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
sys.path.insert(0, bundle)
from functions_framework import create_app
client = create_app("score_lead", bundle + "/main.py").test_client()
names = client.get("/version").get_json()["base_feature_names"]
answer = client.post("/", json={"lead_id": "first", "features": dict.fromkeys(names)})
import python_scoring
told = {"seconds": time.process_time(), "status": answer.status_code, "answer": answer.get_json()}
json.dump(told | {"from": python_scoring.__file__}, sys.stderr)
"""


@pytest.fixture(scope="module")
def locked() -> dict[str, str]:
    """Return the version of each package that the function's lock installs here."""
    lines = re.findall(r"^\w.*==.*?(?= \\$)", LOCK, flags=re.MULTILINE)
    required = [Requirement(line) for line in lines]
    wanted = [r for r in required if not r.marker or r.marker.evaluate()]
    return {r.name: str(r.specifier).removeprefix("==") for r in wanted}


def test_the_bundle_scores_with_nothing_but_its_lock_and_starts_at_once(
    bundle: Path, locked: dict[str, str], tmp_path: Path
) -> None:
    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    installed = packages_distributions()
    absent = [
        module
        for module, owners in installed.items()
        if not {plain(o) for o in owners} & set(locked)
    ]
    assert {"pandas", "pyarrow", "sklearn", "yaml", "duckdb", "dbt"} <= set(absent)
    command = [sys.executable, "-c", START, json.dumps(absent), str(bundle)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stderr)
    assert told["status"] == 200
    assert told["answer"]["lead_id"] == "first"
    assert told["from"].startswith(str(bundle))
    # a slow processor explains no more; docs/measurements has the figures
    assert told["seconds"] < 10


def test_the_lock_holds_what_the_function_imports_in_the_versions_tested(
    locked: dict[str, str],
) -> None:
    wanted = re.findall(r"^([\w-]+)$", (FUNCTION / "requirements.in").read_text(), re.MULTILINE)
    assert set(wanted) <= set(locked)
    assert len(wanted) == 3
    assert {name: version(name) for name in locked} == locked


def test_the_bundle_holds_the_promoted_model_and_only_code_that_it_reaches(
    bundle: Path,
) -> None:
    files = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    promoted = Registry().promoted()
    assert f"python_scoring/artifacts/{promoted}/manifest.json" in files
    assert len(list(bundle.glob("python_scoring/artifacts/*/manifest.json"))) == 1
    assert {"main.py", "requirements.txt", "python_scoring/scoring/scorer.py"} <= files
    left_out = (
        "python_scoring/training/train.py",
        "python_scoring/cli",
        "python_scoring/tests",
        "models",
    )
    assert [file for file in files if file.startswith(left_out)] == []


def test_the_commands_write_the_folder_once_and_print_the_description(tmp_path: Path) -> None:
    out = tmp_path / "function"
    done = CliRunner().invoke(main, ["function", "bundle", "--out", str(out)])
    assert done.exit_code == 0
    assert (out / "main.py").is_file()
    again = CliRunner().invoke(main, ["function", "bundle", "--out", str(out)])
    assert again.exit_code == 2
    assert "would be mixed" in again.output


def test_the_committed_description_is_the_one_that_is_printed() -> None:
    printed = CliRunner().invoke(main, ["function", "openapi"]).stdout
    committed = (FUNCTION / "openapi.json").read_text(encoding="utf-8")
    assert printed == committed, "lead-scoring function openapi > cloud_function/openapi.json"


def test_a_damaged_model_keeps_the_function_from_starting(bundle: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    subprocess.run(["cp", "-r", str(bundle / "python_scoring/artifacts"), str(models)], check=True)
    (curve,) = models.glob("*/calibration.json")
    curve.write_text(curve.read_text().replace("0.0", "0.1", 1))
    command = [sys.executable, "-m", "functions_framework", "--target", "score_lead"]
    done = subprocess.run(
        [*command, "--source", str(bundle / "main.py"), "--port", "0"],
        env={"PYTHONPATH": str(bundle), "LEAD_SCORING_MODELS": str(models)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "calibration.json was altered" in done.stderr
    assert "Traceback" not in done.stderr


def test_requests_follow_the_contract_of_any_model() -> None:
    contract = FeatureContract(
        (
            Feature("copy", "base", "a name that pydantic keeps for itself", "copy"),
            Feature("Total AUM", "base", "a name that Python does not allow", "aum"),
            Feature("is_partner", "base", "partner", "partner", type="flag"),
            Feature("channel", "base", "channel", "c", type="category", categories=("mail",)),
        )
    )
    request = request_type(contract)
    good = {"copy": 1.5, "Total AUM": 2, "is_partner": True, "channel": "radio"}
    sent = {"lead_id": "a", "features": good}
    assert request.validate_json(json.dumps(sent)).model_dump(by_alias=True) == sent
    wrong = {"copy": True, "Total AUM": "2", "is_partner": "yes", "channel": 3}
    with pytest.raises(ValidationError) as refused:
        request.validate_json(json.dumps(sent | {"features": wrong}))
    assert {reason.field for reason in reasons(refused.value)} == {f"features.{n}" for n in good}
