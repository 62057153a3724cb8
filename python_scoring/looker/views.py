"""Writes a LookML view of a contract: a dimension a column, the primary key first, no measures."""

from collections.abc import Mapping
from pathlib import Path

from python_scoring.errors import InputError
from python_scoring.io.atomic import atomic_file
from python_scoring.looker.contracts import Column, Contract

NAMES_GRANT = "can_see_names"
HEADER = "# Written by `lead-scoring looker generate` from the contract of {}; do not edit."
_SUFFIX = ".view.lkml"
# the group of a day bears the column's name without its last word, since Looker adds one
_LAST_WORDS = ("_date", "_timestamp", "_month", "_at")
_TIMEFRAMES = {"date": "raw, date, week, month", "timestamp": "raw, date, week, month"}


def view_path(relation: str) -> Path:
    """Return the file of a relation's view, within the LookML project."""
    return Path(f"views/{relation}{_SUFFIX}")


def generate(contracts: Mapping[str, Contract], folder: Path) -> list[str]:
    """Write the view of each contract, and return the relations whose files changed.

    A view of a relation that has no contract any more is removed. Only files that begin with our
    header are ours; others stay as they are.

    Args:
        contracts: By name of the relation.
        folder: The LookML project.

    Raises:
        InputError: A file of a relation's name is not ours or cannot be written, or two columns
            would become one field.
    """
    changed = stale(contracts, folder)
    for name in changed:
        _refuse_other_file(name, folder)
    for name in changed:
        if name in contracts:
            with atomic_file(folder / view_path(name)) as beside:
                beside.write_text(view_text(contracts[name]), encoding="utf-8")
        else:
            (folder / view_path(name)).unlink()
    return changed


def stale(contracts: Mapping[str, Contract], folder: Path) -> list[str]:
    """Return the relations whose view is not what its contract gives, in order of name.

    Among them are those of a view that we wrote and that has no contract any more.
    """
    made = {name: view_text(contract) for name, contract in contracts.items()}
    written = {
        path.name.removesuffix(_SUFFIX): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.glob(f"views/*{_SUFFIX}")
    }
    gone = [n for n, text in written.items() if n not in made and _is_ours(n, text)]
    return sorted([*gone, *(n for n, text in made.items() if written.get(n) != text)])


def _is_ours(name: str, text: str) -> bool:
    return text.startswith(HEADER.format(name))


def _refuse_other_file(name: str, folder: Path) -> None:
    path = folder / view_path(name)
    if path.exists() and not _is_ours(name, path.read_text(encoding="utf-8", errors="replace")):
        raise InputError(
            f"{path.name} was not written by `lead-scoring looker generate`.",
            why="What somebody wrote by hand would be overwritten; nothing was written.",
            where=f"{path}, its first line",
            fix=f"Rename it, then generate again; measures belong in {name}.measures.lkml.",
        )


def view_text(contract: Contract) -> str:
    """Return the view of a contract.

    Raises:
        InputError: Two columns would become one field.
    """
    name = contract.relation.name
    lines = [HEADER.format(name), f"view: {name} {{"]
    lines += [f"  sql_table_name: `@{{PROJECT}}.@{{DATASET}}.{name}` ;;"]
    lines += _primary_key(contract)
    fields: dict[str, str] = {}
    for column in sorted(contract.columns, key=lambda c: (c.name,) != contract.relation.key):
        for field in _fields_of(column):
            if field in fields:
                raise InputError(
                    f"The columns {fields[field]} and {column.name} of {name} are both {field}.",
                    why="Looker would show one of them under the name of both.",
                    where=f"contract of {name}",
                    fix="Rename one of the columns.",
                )
            fields[field] = column.name
        is_key = contract.relation.key == (column.name,)
        lines += _dimension(column, is_key=is_key)
    return "\n".join([*lines, "}", ""])


def _primary_key(contract: Contract) -> list[str]:
    """A key of several columns is a dimension of its own; of one column, that column's."""
    if len(contract.relation.key) == 1:
        return []
    parts = ", '|', ".join(f"cast(${{TABLE}}.{name} as string)" for name in contract.relation.key)
    return [
        "",
        "  dimension: primary_key {",
        "    primary_key: yes",
        "    hidden: yes",
        "    type: string",
        f'    description: "Names a row: {", ".join(contract.relation.key)}."',
        f"    sql: concat({parts}) ;;",
        "  }",
    ]


def _dimension(column: Column, *, is_key: bool) -> list[str]:
    description = column.description.replace('"', '\\"')
    body = [f'description: "{description}"']
    if column.is_name:
        body += [f"required_access_grants: [{NAMES_GRANT}]"]
    if column.type in _TIMEFRAMES:
        head = f"dimension_group: {group_name(column.name)}"
        body += ["type: time", f"timeframes: [{_TIMEFRAMES[column.type]}]"]
        body += [f"datatype: {column.type}", "convert_tz: no"]
    else:
        head = f"dimension: {column.name}"
        body = (["primary_key: yes"] if is_key else []) + [f"type: {column.type}", *body]
    body += [f"sql: ${{TABLE}}.{column.name} ;;"]
    return ["", f"  {head} {{", *(f"    {line}" for line in body), "  }"]


def group_name(column: str) -> str:
    """Return the name of a day's dimension group: `score` of score_date."""
    for word in _LAST_WORDS:
        if column.endswith(word):
            return column.removesuffix(word)
    return column


def _fields_of(column: Column) -> list[str]:
    if column.type not in _TIMEFRAMES:
        return [column.name]
    frames = _TIMEFRAMES[column.type].split(", ")
    return [f"{group_name(column.name)}_{frame}" for frame in frames]
