"""Reads what lineage needs from dbt's manifest: models, seeds, sources, and the `meta` of each."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_scoring.errors import InputError

COMPILE = "Run `dbt compile` (or `dbt build`) in the project, then try again."
READ_TYPES = ("model", "seed", "snapshot")


@dataclass(frozen=True)
class ManifestNode:
    """A model, seed, snapshot or source.

    Args:
        id: dbt's unique id.
        kind: `model`, `seed`, `snapshot` or `source`.
        label: Name in reports: the model's, or `source.table`.
        path: File it is defined in, relative to the project.
        columns: Columns that the yml names, each with its meta.
        meta: The node's own meta.
        relation_name: The name by which SQL refers to it; None for ephemeral models.
        depends_on: Unique ids of what it reads.
        raw: The node as dbt wrote it.
    """

    id: str
    kind: str
    label: str
    path: str
    columns: dict[str, dict[str, Any]]
    meta: dict[str, Any]
    relation_name: str | None
    depends_on: tuple[str, ...]
    raw: Mapping[str, Any]

    @property
    def config(self) -> Mapping[str, Any]:
        """The node's configuration."""
        return self.raw.get("config") or {}


@dataclass(frozen=True)
class Manifest:
    """A dbt project after parsing.

    Args:
        project_dir: The project's folder.
        target_dir: Folder of compiled files.
        adapter: Type of the warehouse, which is the SQL dialect's name as well.
        nodes: Models, seeds, snapshots and sources by unique id.
        tests: Generic tests: name, arguments, unique id of the tested node.
        definitions: Files of the project's macros and ymls, which decide what SQL and meta say.
    """

    project_dir: Path
    target_dir: Path
    adapter: str
    nodes: dict[str, ManifestNode]
    tests: tuple[tuple[str, dict[str, Any], str], ...]
    definitions: tuple[Path, ...] = ()

    def model(self, name: str) -> ManifestNode:
        """The model of that name.

        Raises:
            InputError: There is none.
        """
        for node in self.nodes.values():
            if node.kind == "model" and node.label == name:
                return node
        raise InputError(
            f"The project has no model {name}.",
            why="Nothing would be audited.",
            where=str(self.target_dir / "manifest.json"),
            fix="Name the feature model with --features, and run `dbt compile` if it is new.",
        )

    def count_ancestors(self, name: str) -> int:
        """How many models and snapshots stand behind a model, itself included."""
        found: set[str] = set()
        waiting = [self.model(name).id]
        while waiting:
            node = self.nodes.get(waiting.pop())
            if node is not None and node.id not in found and node.kind in ("model", "snapshot"):
                found.add(node.id)
                waiting += node.depends_on
        return len(found)

    def compiled_sql(self, node: ManifestNode) -> str:
        """The SQL of a model without Jinja.

        Raises:
            InputError: It was not compiled, or the model was changed since.
        """
        self._check_unchanged(node)
        if node.raw.get("compiled_code"):
            return str(node.raw["compiled_code"])
        file = self.target_dir / "compiled" / str(node.raw.get("package_name")) / node.path
        if not file.is_file():
            raise InputError(
                f"The model {node.label} was not compiled.", where=str(file), fix=COMPILE
            )
        self.check_newer(file, (self.project_dir / node.path, *self.definitions))
        return file.read_text(encoding="utf-8")

    def check_newer(self, made: Path, sources: Iterable[Path]) -> None:
        """Refuse a file that dbt made before one of its sources was written.

        Raises:
            InputError: Names the source.
        """
        for source in sources:
            if source.is_file() and source.stat().st_mtime > made.stat().st_mtime:
                raise _stale(str(source.relative_to(self.project_dir)))

    def _check_unchanged(self, node: ManifestNode) -> None:
        written = self.project_dir / node.path
        raw = str(node.raw.get("raw_code") or "").strip()
        if raw and written.is_file() and written.read_text(encoding="utf-8").strip() != raw:
            raise _stale(node.path)


def load_manifest(project_dir: Path, target_path: Path | None = None) -> Manifest:
    """Read `manifest.json` of a project.

    Args:
        project_dir: Folder of dbt_project.yml.
        target_path: dbt's target folder; `target` in the project by default.

    Raises:
        InputError: There is no manifest, it cannot be read, or the project was changed since.
    """
    target_dir = target_path or project_dir / "target"
    file = target_dir / "manifest.json"
    if not file.is_file():
        raise InputError("The project was not compiled.", where=str(file), fix=COMPILE)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        entries = {**content["nodes"], **content["sources"]}
        nodes = {key: _node(entry) for key, entry in entries.items() if _is_read(entry)}
        tests = tuple(_test(entry) for entry in content["nodes"].values() if _is_generic(entry))
        adapter = str(content["metadata"]["adapter_type"])
        definitions = tuple(_definitions(content, project_dir))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"dbt's manifest cannot be read: {error!r}.", where=str(file), fix=COMPILE
        ) from error
    manifest = Manifest(project_dir, target_dir, adapter, nodes, tests, definitions)
    manifest.check_newer(file, definitions)
    return manifest


def _definitions(content: Mapping[str, Any], project_dir: Path) -> Iterable[Path]:
    """Files of the project's own macros, and ymls of its models and sources."""
    package = content["metadata"]["project_name"]
    entries = [*content["nodes"].values(), *content["sources"].values()]
    paths = {str(entry.get("patch_path") or "").partition("://")[2] for entry in entries}
    paths |= {str(entry["original_file_path"]) for entry in content["sources"].values()}
    for macro in (content.get("macros") or {}).values():
        if macro["package_name"] == package:
            paths.add(str(macro["original_file_path"]))
    return (project_dir / path for path in sorted(paths) if path)


def _is_read(entry: Mapping[str, Any]) -> bool:
    return entry["resource_type"] in (*READ_TYPES, "source")


def _is_generic(entry: Mapping[str, Any]) -> bool:
    return entry["resource_type"] == "test" and bool(entry.get("test_metadata"))


def _test(entry: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
    metadata = entry["test_metadata"]
    arguments = dict(metadata.get("kwargs") or {})
    config = entry.get("config") or {}
    weak = config.get("where") or str(config.get("severity", "error")).lower() != "error"
    name = f"{metadata['name']} (weak)" if weak else str(metadata["name"])
    return name, arguments, str(entry.get("attached_node"))


def _node(entry: Mapping[str, Any]) -> ManifestNode:
    is_source = entry["resource_type"] == "source"
    label = f"{entry['source_name']}.{entry['name']}" if is_source else str(entry["name"])
    depends_on = (entry.get("depends_on") or {}).get("nodes") or []
    return ManifestNode(
        id=str(entry["unique_id"]),
        kind=str(entry["resource_type"]),
        label=label,
        path=str(entry["original_file_path"]),
        columns={name: _meta(column) for name, column in (entry.get("columns") or {}).items()},
        meta=_meta(entry),
        relation_name=entry.get("relation_name"),
        depends_on=tuple(str(each) for each in depends_on),
        raw=entry,
    )


def _meta(entry: Mapping[str, Any]) -> dict[str, Any]:
    """`meta` stands in `config.meta` since dbt 1.10, beside it before."""
    return {**(entry.get("meta") or {}), **((entry.get("config") or {}).get("meta") or {})}


def _stale(path: str) -> InputError:
    return InputError(
        f"{path} was changed after the project was compiled.",
        why="The audit would judge SQL and lists that are no longer there.",
        where=path,
        fix=COMPILE,
    )
