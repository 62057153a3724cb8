"""What goes wrong in a simulated world, and when: read from a plan in TOML.

[fewer_calls]
from = 2025-06-01
until = 2025-08-31
calls_kept = 0.45
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from python_scoring.errors import InputError


@dataclass(frozen=True)
class Fault:
    """Something that is wrong on days from first to last."""

    first: date
    last: date


@dataclass(frozen=True)
class WrongAum(Fault):
    """The vendor tells the AUM of these months `factor` times as high, and never corrects it."""

    factor: float = field(metadata={"least": 0.01, "most": 100.0})


@dataclass(frozen=True)
class SilentOwner(Fault):
    """Whoever is contacted on these days and belongs to `owner` (OwnerId) is never called."""

    owner: str


@dataclass(frozen=True)
class NewKind(Fault):
    """Advisors of so many months in the industry are contacted on these days only.

    Of the calls that they would take, a share of `calls_kept` comes.
    """

    industry_months: float = field(metadata={"least": 1.0, "most": 1_200.0})
    calls_kept: float = field(metadata={"least": 0.0, "most": 1.0})


@dataclass(frozen=True)
class FewerCalls(Fault):
    """Of the calls that contacts of these days would take, a share of `calls_kept` comes."""

    calls_kept: float = field(metadata={"least": 0.0, "most": 1.0})


@dataclass(frozen=True)
class Faults:
    """What is wrong in a world; a fault that is None does not happen.

    Args:
        vendor_stop: Days on which the vendor's newest delivery is that of the first of them.
        wrong_aum: Months told wrong.
        silent_owner: Who calls nobody.
        new_kind: People who were never contacted before.
        fewer_calls: The calls that stay away.
    """

    vendor_stop: Fault | None = None
    wrong_aum: WrongAum | None = None
    silent_owner: SilentOwner | None = None
    new_kind: NewKind | None = None
    fewer_calls: FewerCalls | None = None

    def vendor_day(self, as_of: date) -> date:
        """Return the day of the newest delivery that the vendor has made by a day."""
        stop = self.vendor_stop
        return stop.first if stop and stop.first <= as_of <= stop.last else as_of


NO_FAULTS = Faults()
_KINDS: dict[str, type[Fault]] = {
    "vendor_stop": Fault,
    "wrong_aum": WrongAum,
    "silent_owner": SilentOwner,
    "new_kind": NewKind,
    "fewer_calls": FewerCalls,
}
_DAYS = {"first": "from", "last": "until"}
_TYPES: Mapping[object, tuple[type, ...]] = {date: (date,), float: (int, float), str: (str,)}


def read_faults(path: Path) -> Faults:
    """Read a plan of faults.

    Raises:
        InputError: The file cannot be read, or says something that no fault has.

    """
    try:
        plan = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refused(f"cannot be read: {error}", str(path)) from error
    unknown = sorted(set(plan) - set(_KINDS))
    if unknown:
        raise _refused(f"has no fault {unknown[0]!r}", str(path))
    return Faults(**{name: _read_fault(path, name, told) for name, told in plan.items()})


def _read_fault(path: Path, name: str, told: object) -> Any:
    where = f"{path}, [{name}]"
    if not isinstance(told, dict):
        raise _refused(f"names {name} without a table", where)
    kind = _KINDS[name]
    known = {_DAYS.get(part.name, part.name): part for part in fields(kind)}
    for key in [*known, *told]:
        if key not in told or key not in known:
            raise _refused(f"{'lacks' if key in known else 'does not know'} {key!r}", where)
    for key, part in known.items():
        value = told[key]
        # a moment is a date to Python, and true is a number
        if type(value) not in _TYPES[part.type]:
            raise _refused(f"gives {key} as {value!r}, which is of another type", where)
        least, most = part.metadata.get("least"), part.metadata.get("most")
        if least is not None and not least <= value <= most:
            raise _refused(f"gives {key} as {value}, not from {least:g} to {most:g}", where)
    if told["from"] > told["until"]:
        raise _refused(f"ends on {told['until']}, before it begins", where)
    return kind(**{part.name: told[key] for key, part in known.items()})


def _refused(problem: str, where: str) -> InputError:
    tables = "; ".join(
        f"[{name}] " + ", ".join(_DAYS.get(part.name, part.name) for part in fields(kind))
        for name, kind in _KINDS.items()
    )
    return InputError(
        f"The plan of faults {problem}.",
        why="A fault that is not planted as meant would be looked for in vain.",
        where=where,
        fix=f"Days as 2025-06-01, numbers as 0.5, texts in quotes. What there is: {tables}.",
    )
