"""A challenger scores in the shadow: stored beside what is published, on no list, never sent."""

import shutil
from collections.abc import Callable

import duckdb

from python_scoring.model.artifact import write_artifact
from python_scoring.model.registry import Registry
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.invented_models import draft_of

SHADOW = {
    *("built_challenger_scores", "challenger_scores"),
    *("challenger_contacts", "challenger_comparison"),
}
OF_THE_RUN = "* exclude (scoring_timestamp, build_id)"


def readers(dbt: Dbt, name: str) -> set[str]:
    """Models that read a model, or what is made of it; `builds` publishes it and reads nothing."""
    children = {
        node["name"]: {
            parent.split(".")[-1]
            for parent in node["depends_on"]["nodes"]
            if parent.startswith("model.")
        }
        for node in dbt.manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["name"] != "builds"
    }
    found: set[str] = {name}
    while more := {child for child, parents in children.items() if parents & found} - found:
        found |= more
    return found


def test_nothing_but_the_comparison_reads_what_a_challenger_says(demo: Dbt) -> None:
    assert readers(demo, "built_challenger_scores") == SHADOW


def test_a_challenger_is_stored_and_changes_nothing_that_is_published(
    demo: Dbt, fresh_dbt: Callable[[], Dbt]
) -> None:
    dbt = fresh_dbt()
    shutil.copy(demo.database, dbt.database)
    packaged = Registry()
    shutil.copytree(packaged.folder, dbt.folder / "registry")
    draft = draft_of(packaged.folder / str(packaged.promoted()))
    challenger = write_artifact(draft, dbt.folder / "registry", name="trial")
    of_the_day = f"challenger_version: {challenger}, model_registry: {dbt.folder / 'registry'}"
    done = dbt.run(
        "build", "--quiet", "--exclude-resource-type", "unit_test", "--vars", f"{{{of_the_day}}}"
    )
    assert done.returncode == 0, done.stdout[-3000:]
    with duckdb.connect(str(dbt.database), read_only=True) as connection:
        connection.execute(f"attach '{demo.database}' as before (read_only)")
        for table in ("lead_scores_daily", "prospect_scores", "salesforce_lead_scores"):
            columns = OF_THE_RUN if table != "salesforce_lead_scores" else "Id, Lead_Score__c"
            query = f"select {columns} from {{}}{table} order by all"
            assert (
                connection.sql(query.format("")).fetchall()
                == connection.sql(query.format("before.")).fetchall()
            )
    counts = "select population, count(*), min(model_version), max(model_version), count(build_id)"
    leads, prospects = (
        demo.rows(f"select count(*) from {table}")[0][0]
        for table in ("lead_scores_daily", "prospect_scores")
    )
    assert dbt.rows(f"{counts} from challenger_scores group by 1 order by 1") == [
        ("leads", leads, challenger, challenger, leads),
        ("prospects", prospects, challenger, challenger, prospects),
    ]
    # the same model under another name says the same
    assert dbt.rows(
        "select count(*) from challenger_scores as c join lead_scores_daily as l using (lead_id)"
        " where c.population = 'leads' and c.lead_score = l.lead_score"
        " and c.score_decile = l.score_decile"
    ) == [(leads,)]


def test_a_challenger_that_the_registry_does_not_hold_is_refused(
    fresh_dbt: Callable[[], Dbt],
) -> None:
    done = fresh_dbt().run("run", "--select", "builds", "--vars", "{challenger_version: v9-nobody}")
    assert done.returncode == 2
    assert "The var challenger_version is 'v9-nobody'" in done.stdout
    assert "holds no such model" in done.stdout
