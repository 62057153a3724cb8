"""What an audit found, as plain data; the renderings of it live in `render_*.py`."""

from dataclasses import dataclass

from python_scoring.leakage.lineage.graph import Influence


@dataclass(frozen=True)
class Step:
    """One step of a path: the node that is influenced, and the line that says so.

    `column` is empty where the step decides which rows the relation has.
    """

    unit: str
    relation: str
    column: str
    influence: Influence
    clause: str
    file: str
    line: int
    text: str


@dataclass(frozen=True)
class SourceColumn:
    """A source column that influences a feature; `forbidden` says why it must not."""

    name: str
    forbidden: str | None = None


@dataclass(frozen=True)
class FeatureLineage:
    """What a feature is made of.

    Args:
        name: The feature.
        values: Source columns that it reads, through expressions.
        rows: Source columns that decide which rows it sees, and are not among `values`.
        tables: Source tables whose rows it depends on.
    """

    name: str
    values: tuple[SourceColumn, ...]
    rows: tuple[SourceColumn, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A forbidden source column that influences features.

    Args:
        source_column: The column.
        forbidden: Why it is forbidden, a key of `rules.KINDS`.
        influence: Whether the features read it, or it decides their rows.
        features: The features.
        path: From the source column to the first of the features.
    """

    source_column: str
    forbidden: str
    influence: Influence
    features: tuple[str, ...]
    path: tuple[Step, ...]


@dataclass(frozen=True)
class Accepted:
    """An exception of the project: a forbidden column that may decide rows in one model.

    `path` leads to the place; it is empty when nothing needed the exception.
    """

    source_column: str
    model: str
    reason: str
    path: tuple[Step, ...]


@dataclass(frozen=True)
class Unfollowed:
    """SQL that could not be followed: a finding, since it may hide anything."""

    unit: str
    file: str
    line: int
    what: str
    fix: str
    text: str


@dataclass(frozen=True)
class Report:
    """Everything that an audit says.

    Args:
        subject: What was audited, for the heading.
        dialect: Its SQL dialect.
        features: What each feature is made of.
        findings: Forbidden influence.
        unfollowed: What could not be read.
        accepted: Exceptions.
        trusted: What was believed without proof (dbt tests, declarations of Python models).
        models: Number of models or files read.
    """

    subject: str
    dialect: str
    features: tuple[FeatureLineage, ...]
    findings: tuple[Finding, ...]
    unfollowed: tuple[Unfollowed, ...]
    accepted: tuple[Accepted, ...]
    trusted: tuple[str, ...]
    models: int

    @property
    def is_clean(self) -> bool:
        """Whether no forbidden column influences a feature, and everything could be read."""
        return not self.findings and not self.unfollowed
