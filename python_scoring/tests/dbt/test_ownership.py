"""Who owns a model, who may read it, who uses it; and that dbt's documentation has no gap."""

import copy
from typing import Any

from python_scoring.tests.dbt.conftest import models

DASHBOARDS = {"looker_todays_calls", "looker_model_health", "looker_contact_to_call"}
OTHERS = {
    *("dashboard_page", "health_command", "salesforce_sync", "cloud_function"),
    "call_list_files",
}
# their files say what they are for
UNDESCRIBED = ("test", "unit_test", "operation")


def read_by_others(manifest: dict[str, Any]) -> set[str]:
    """Models that a model, test or analysis of another group reads."""
    return {
        read
        for node in manifest["nodes"].values()
        for read in node.get("depends_on", {}).get("nodes", [])
        if read in manifest["nodes"]
        and node.get("group") != manifest["nodes"][read].get("group")
        and manifest["nodes"][read]["resource_type"] == "model"
    }


def is_for_readers(node: dict[str, Any]) -> bool:
    """What a build publishes with a contract; without one it is for a command of ours alone."""
    is_published = node["config"]["materialized"] in ("published", "publication")
    return is_published and bool(node["config"]["contract"]["enforced"])


def misplaced(manifest: dict[str, Any]) -> dict[str, str]:
    """Models whose access is wider or narrower than their use, with what it should be."""
    others, found = read_by_others(manifest), {}
    exposures = manifest["exposures"].values()
    used = {read for exposure in exposures for read in exposure["depends_on"]["nodes"]}
    for node in models(manifest):
        key, access = node["unique_id"], node["access"]
        wanted = "public" if is_for_readers(node) or key in used else "private"
        wanted = "protected" if wanted == "private" and key in others else wanted
        if access != wanted:
            found[node["name"]] = wanted
    return found


def undescribed(manifest: dict[str, Any]) -> list[str]:
    """What dbt's documentation shows without a description, columns and arguments included."""
    found = []
    own = [*manifest["nodes"].values(), *manifest["sources"].values()]
    own += [*manifest["exposures"].values(), *manifest["groups"].values()]
    for node in own:
        if node["resource_type"] in UNDESCRIBED:
            continue
        if not node.get("description") and node["resource_type"] != "group":
            found.append(node["unique_id"])
        found += [
            f"{node['unique_id']}.{name}"
            for name, column in node.get("columns", {}).items()
            if not column["description"] and not is_described_elsewhere(manifest, node)
        ]
    return sorted(found)


def is_described_elsewhere(manifest: dict[str, Any], node: dict[str, Any]) -> bool:
    """What is built to be published is described where it is published."""
    return any(
        other["config"]["materialized"] == "published"
        and other["depends_on"]["nodes"] == [node["unique_id"]]
        for other in models(manifest)
    )


def test_every_model_has_a_group_whose_owner_is_a_role(manifest: dict[str, Any]) -> None:
    assert [node["name"] for node in models(manifest) if not node["group"]] == []
    owners = {group["name"]: group["owner"]["name"] for group in manifest["groups"].values()}
    assert owners == {
        "pipeline": "Data engineering",
        "scores": "Data science",
        "calls": "Sales operations",
    }


def test_access_is_as_narrow_as_its_use(manifest: dict[str, Any]) -> None:
    assert misplaced(manifest) == {}
    private = [node for node in models(manifest) if node["access"] == "private"]
    assert len(private) > 20


def test_what_is_public_has_a_contract(manifest: dict[str, Any]) -> None:
    public = [node for node in models(manifest) if node["access"] == "public"]
    assert len(public) >= 20
    loose = [node["name"] for node in public if not node["config"]["contract"]["enforced"]]
    assert loose == []
    typed = [c for node in public for c in node["columns"].values() if not c["data_type"]]
    assert typed == []


def test_every_use_is_an_exposure_with_an_owner(manifest: dict[str, Any]) -> None:
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    assert set(exposures) == DASHBOARDS | OTHERS
    roles = {group["owner"]["name"] for group in manifest["groups"].values()}
    assert {exposure["owner"]["name"] for exposure in exposures.values()} <= roles


def test_dbts_documentation_has_no_gap(manifest: dict[str, Any]) -> None:
    assert undescribed(manifest) == []


def test_a_gap_and_a_misplaced_access_are_seen(manifest: dict[str, Any]) -> None:
    broken = copy.deepcopy(manifest)
    scores = broken["nodes"]["model.lead_scoring.lead_scores_daily"]
    scores["columns"]["lead_id"]["description"] = ""
    scores["access"] = "protected"
    broken["nodes"]["model.lead_scoring.feat_firm_aum"]["access"] = "public"
    broken["sources"]["source.lead_scoring.salesforce.lead"]["description"] = ""
    assert undescribed(broken) == [
        "model.lead_scoring.lead_scores_daily.lead_id",
        "source.lead_scoring.salesforce.lead",
    ]
    assert misplaced(broken) == {"lead_scores_daily": "public", "feat_firm_aum": "private"}
