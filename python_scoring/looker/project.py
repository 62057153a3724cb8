"""Reads a LookML project: files by their includes, refinements laid over their views."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lkml

from python_scoring.errors import InputError
from python_scoring.looker.contracts import Contract
from python_scoring.looker.fields import Field, RefusedError, fields_of_view
from python_scoring.looker.views import view_path, view_text

MODEL = Path("models/lead_scoring.model.lkml")
MANIFEST = Path("manifest.lkml")
_CONSTANT = re.compile(r"@\{(\w+)\}")
# what a file may hold; anything else is refused, never skipped
_TOP = {
    MODEL: {"connection", "label", "includes", "datagroups", "persist_with", "access_grants"}
    | {"explores", "week_start_day"},
    MANIFEST: {"project_name", "constants"},
}
_VIEW = {"name", "label", "sql_table_name", "dimensions", "dimension_groups", "measures"}
_EXPLORE = {"name", "label", "description", "view_name", "joins", "always_filter"}
_JOIN = {"name", "type", "relationship", "sql_on"}
_TABLE = re.compile(r"^`@\{PROJECT\}\.@\{DATASET\}\.(\w+)`$")
Parsed = Mapping[str, Any]


@dataclass(frozen=True)
class View:
    """A view with its refinement.

    Args:
        name: Its name.
        table: The relation that it shows.
        fields: By name within the view.
    """

    name: str
    table: str
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Join:
    """A view joined to an explore's; `relationship` is LookML's word."""

    view: str
    relationship: str
    on: str


@dataclass(frozen=True)
class Explore:
    """What a query may be asked of.

    Args:
        name: Its name.
        view: The view that it starts from.
        joins: Views joined to it, in order.
        always_filter: Filters that a query starts with, by field.
    """

    name: str
    view: str
    joins: tuple[Join, ...]
    always_filter: Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """A LookML project, read.

    Args:
        views: By name.
        explores: By name.
        grants: Access grants that the model declares.
        constants: Values of the manifest's constants.
        tests: The `test` blocks, each with its file.
        dashboards: Files of the dashboards.
        findings: What is wrong with the files themselves.
    """

    views: dict[str, View] = field(default_factory=dict)
    explores: dict[str, Explore] = field(default_factory=dict)
    grants: frozenset[str] = frozenset()
    constants: dict[str, str] = field(default_factory=dict)
    tests: list[tuple[str, Parsed]] = field(default_factory=list)
    dashboards: list[Path] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def field(self, name: str) -> Field:
        """Return a field by `view.field`.

        Raises:
            RefusedError: There is no such view or field.
        """
        view, _, short = name.partition(".")
        if view not in self.views:
            raise RefusedError(f"there is no view {view} (field {name})")
        if short not in self.views[view].fields:
            raise RefusedError(f"the view {view} has no field {short}")
        return self.views[view].fields[short]

    def resolved(self, sql: str) -> str:
        """Return a text with the constants' values in it.

        Raises:
            RefusedError: A constant is not declared.
        """
        for name in _CONSTANT.findall(sql):
            if name not in self.constants:
                raise RefusedError(f"the manifest declares no constant {name}")
        return _CONSTANT.sub(lambda found: self.constants[found[1]], sql)


def read_project(folder: Path, contracts: Mapping[str, Contract]) -> Project:
    """Read the project; generated views are taken as the contracts give them now.

    Args:
        folder: The LookML project.
        contracts: By name of the relation.

    Raises:
        InputError: It has no model or manifest.
    """
    for needed in (MODEL, MANIFEST):
        if not (folder / needed).is_file():
            raise InputError(
                f"This folder is no LookML project of ours: it has no {needed}.",
                why="Without it nobody can say which views, explores and tiles there are.",
                where=str(folder),
                fix="Run in the project's folder, or name it with --folder.",
            )
    project = Project()
    fresh = {str(view_path(name)): view_text(contract) for name, contract in contracts.items()}
    manifest = _parsed(folder, MANIFEST, project, fresh)
    model = _parsed(folder, MODEL, project, fresh)
    project.constants.update({c["name"]: c["value"] for c in manifest.get("constants", [])})
    for name, parsed in ((MANIFEST, manifest), (MODEL, model)):
        _only(parsed, _TOP[name], str(name), project)
    included = _included(folder, model, project, fresh)
    grants = frozenset(grant["name"] for grant in model.get("access_grants", []))
    _add_views(included, project)
    for parsed in model.get("explores", []):
        _only(parsed, _EXPLORE, f"explore {parsed['name']}", project)
        project.explores[parsed["name"]] = _explore(parsed, project)
    for file, parsed in included.items():
        project.tests.extend((file, test) for test in parsed.get("tests", []))
    project.dashboards.extend(sorted(folder.glob("dashboards/*.dashboard.lookml")))
    return Project(**(project.__dict__ | {"grants": grants}))


def _parsed(folder: Path, file: Path, project: Project, fresh: Mapping[str, str]) -> Parsed:
    try:
        text = fresh.get(str(file)) or (folder / file).read_text(encoding="utf-8")
        parsed: Parsed = lkml.load(text)
    except (SyntaxError, OSError, UnicodeDecodeError) as error:
        project.findings.append(f"{file}: it cannot be read: {error}")
        return {}
    return parsed


def _included(
    folder: Path, model: Parsed, project: Project, fresh: Mapping[str, str]
) -> dict[str, Parsed]:
    """Read the files that the model includes, and name those that it forgets."""
    found: dict[str, Parsed] = {}
    for pattern in model.get("includes", []):
        file = pattern.removeprefix("/")
        if file.endswith(".dashboard.lookml"):
            if not (folder / file).is_file():
                project.findings.append(f"{MODEL}: there is no file to include {pattern}")
            continue
        if "*" in file:
            project.findings.append(f"{MODEL}: {pattern} includes more than one file")
            continue
        if not (folder / file).is_file() and file not in fresh:
            project.findings.append(f"{MODEL}: there is no file to include {pattern}")
            continue
        found[file] = _parsed(folder, Path(file), project, fresh)
    named = {pattern.removeprefix("/") for pattern in model.get("includes", [])}
    kinds = ("views/*.lkml", "tests/*.lkml", "dashboards/*.lookml")
    present = {str(p.relative_to(folder)) for kind in kinds for p in folder.glob(kind)}
    project.findings.extend(
        f"{MODEL}: {file} is not included" for file in sorted((present | set(fresh)) - named)
    )
    return found


def _add_views(included: Mapping[str, Parsed], project: Project) -> None:
    bases: dict[str, dict[str, Any]] = {}
    for file, parsed in included.items():
        _only(parsed, {"views", "tests"}, file, project)
        for view in parsed.get("views", []):
            name = view["name"]
            _only(view, _VIEW, f"{file}, view {name}", project)
            if not name.startswith("+"):
                bases[name] = dict(view)
            elif name[1:] in bases:
                _refine(bases[name[1:]], view)
            else:
                project.findings.append(f"{file}: there is no view {name[1:]} to refine before it")
    for name, view in bases.items():
        table = _TABLE.match(view.get("sql_table_name", "").strip())
        try:
            fields = fields_of_view(view)
        except RefusedError as refused:
            project.findings.append(f"view {name}: {refused}")
            fields = {}
        project.views[name] = View(name, table[1] if table else name, fields)
        if table is None:
            project.findings.append(f"view {name}: sql_table_name names no relation of the dataset")


def _refine(base: dict[str, Any], refinement: Parsed) -> None:
    """Lay a refinement over a view, as Looker does: fields of one name are merged."""
    for kind in ("dimensions", "dimension_groups", "measures"):
        fields = {each["name"]: each for each in base.get(kind, [])}
        for each in refinement.get(kind, []):
            fields[each["name"]] = {**fields.get(each["name"], {}), **each}
        base[kind] = list(fields.values())
    base.update({k: v for k, v in refinement.items() if k == "label"})


def _explore(parsed: Parsed, project: Project) -> Explore:
    name = parsed["name"]
    joins = []
    for join in parsed.get("joins", []):
        _only(join, _JOIN, f"explore {name}, join {join['name']}", project)
        if missing := {"relationship", "sql_on"} - set(join):
            project.findings.append(
                f"explore {name}, join {join['name']}: no {', '.join(sorted(missing))}"
            )
        if join.get("type", "left_outer") != "left_outer":
            project.findings.append(f"explore {name}, join {join['name']}: type {join['type']}")
        joins.append(Join(join["name"], join.get("relationship", ""), join.get("sql_on", "true")))
    blocks = (parsed.get("always_filter") or {}).get("filters__all", [])
    always = {key: value for block in blocks for each in block for key, value in each.items()}
    return Explore(name, parsed.get("view_name", name), tuple(joins), always)


def _only(parsed: Parsed, known: set[str], where: str, project: Project) -> None:
    if unknown := set(parsed) - known:
        project.findings.append(f"{where}: {', '.join(sorted(unknown))} is not understood here")
