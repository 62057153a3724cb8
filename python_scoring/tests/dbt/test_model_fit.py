"""The tests of `lead_test_predictions` fail where a model no longer fits, and warn when unsure."""

import json
import shutil
from collections.abc import Callable

import duckdb
import pytest

from python_scoring.tests.conftest import Dbt

# Each spoils the predictions as a model would that no longer fits.
WORSE = "lead_score = 0.5, uncalibrated_score = -uncalibrated_score"
JUDGES = ("observed_rate_near_predicted", "brier_within_target", "top_decile_lift_reaches_target")
TESTED = tuple(f"{judge}_in_the_test_period" for judge in JUDGES)
LATER = tuple(f"{judge}_of_later_leads" for judge in JUDGES)
BREAKS = {
    "far too sure, and upside down": (
        f"update lead_test_predictions set {WORSE}",
        dict.fromkeys(TESTED, "fail"),
    ),
    "the same, of few leads": (
        "delete from lead_test_predictions where hash(prediction_id) % 10 > 3;"
        f"update lead_test_predictions set {WORSE}",
        dict.fromkeys(TESTED, "warn"),
    ),
    "the same, of leads after the test period": (
        "insert into lead_test_predictions select * replace (false as is_of_test_period,"
        " concat(prediction_id, ' later') as prediction_id) from lead_test_predictions;"
        f"update lead_test_predictions set {WORSE} where not is_of_test_period",
        dict.fromkeys(LATER, "warn"),
    ),
    "nothing to tell by": ("delete from lead_test_predictions", {"enough_outcomes": "warn"}),
}


@pytest.fixture(scope="module")
def verdicts(
    demo: Dbt, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, str]]:
    """Return a function that spoils a copy of the demo and says which tests do not pass."""
    copy = Dbt(tmp_path_factory.mktemp("spoiled"))
    shutil.copy(demo.folder / "profiles.yml", copy.folder)

    def judged(change: str) -> dict[str, str]:
        shutil.copy(demo.database, copy.database)
        with duckdb.connect(str(copy.database)) as connection:
            connection.execute(change)
        copy.run("test", "--select", "lead_test_predictions,test_type:generic")
        results = json.loads((copy.folder / "target/run_results.json").read_text())["results"]
        found = {result["unique_id"].split(".")[2]: result["status"] for result in results}
        return {
            name.removesuffix("_lead_test_predictions_"): status
            for name, status in found.items()
            if status in ("warn", "fail", "error")
        }

    return judged


@pytest.mark.parametrize("case", BREAKS)
def test_the_model_is_judged_by_what_became_of_the_leads(
    verdicts: Callable[[str], dict[str, str]], case: str
) -> None:
    change, expected = BREAKS[case]
    assert verdicts(change) == expected


def test_only_leads_that_the_model_has_not_learned_from_are_judged(demo: Dbt) -> None:
    [(judged, unseen)] = demo.rows(
        """
        select
            (select count(*) from lead_test_predictions),
            (select count(*) from lead_training_set where split = 'test')
        """
    )
    assert judged == unseen > 1000
