"""The features of a model: names in order, with the words and the grouping that explanations use.

The project's features are declared once, as meta in the yml of `lead_scoring_features_pit`; a
model trained on another flat table carries a contract made from that table's columns. Either way
the contract is stored in the artifact, and scoring obeys the artifact's. Scoring single leads needs
numpy only: pandas, pyarrow and yaml are imported where tables and the yml are read.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from python_scoring.arrays import Matrix, Vector
from python_scoring.errors import ArtifactError, InputError
from python_scoring.features.categories import CATEGORY, category_numbers
from python_scoring.features.engineered import engineered_columns, require_formulas
from python_scoring.features.feature import Feature, stored_feature
from python_scoring.io.project import ROOT

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


FEATURE_MODEL = "lead_scoring_features_pit"
CONTRACT_FILE = ROOT / f"models/features/{FEATURE_MODEL}.yml"
NUMBER_DTYPES = {"integer", "floating", "mixed-integer-float", "decimal", "boolean", "empty"}
TEXT_DTYPES = {"string", "empty"}


@dataclass(frozen=True)
class FeatureContract:
    """The features of a model, in the order in which it takes them."""

    features: tuple[Feature, ...]

    @property
    def names(self) -> list[str]:
        """All names, in order."""
        return [feature.name for feature in self.features]

    @property
    def base_names(self) -> list[str]:
        """Names a caller must deliver."""
        return [feature.name for feature in self.features if feature.kind == "base"]

    @property
    def engineered_names(self) -> list[str]:
        """Names that are computed where absent."""
        return [feature.name for feature in self.features if feature.kind == "engineered"]

    @property
    def signs(self) -> list[int]:
        """The declared sign of each feature, in order."""
        return [feature.sign for feature in self.features]

    @property
    def category_positions(self) -> list[int]:
        """Positions of the features that are texts."""
        return [i for i, feature in enumerate(self.features) if feature.type == CATEGORY]

    @property
    def groups(self) -> dict[str, list[int]]:
        """Positions of the features of each group, groups in order of first appearance."""
        groups: dict[str, list[int]] = {}
        for position, feature in enumerate(self.features):
            groups.setdefault(feature.group, []).append(position)
        return groups

    def matrix(self, frame: "pd.DataFrame") -> Matrix:
        """Return the features as float64, shape (n, features), unknown as NaN.

        Engineered features that the frame lacks are computed; other columns are ignored.

        Raises:
            InputError: A base feature is absent, holds what its type does not allow, or is infinite
                somewhere.
        """
        missing = [name for name in self.base_names if name not in frame.columns]
        if missing:
            raise InputError(
                f"{len(missing)} of the model's features are missing: {', '.join(missing)}.",
                why="A guessed value would be scored as if it were known.",
                fix="Add the columns; write null where a value is unknown.",
            )
        present = [feature for feature in self.features if feature.name in frame.columns]
        return self.stack({f.name: _values(frame[f.name], f) for f in present})

    def unseen_categories(self, frame: "pd.DataFrame") -> dict[str, int]:
        """Count, for each feature of texts, the values that training never saw; 0 is left out."""
        counts = {
            f.name: int((~frame[f.name].fillna("").isin([*f.categories, ""])).sum())
            for f in self.features
            if f.type == CATEGORY
        }
        return {name: count for name, count in counts.items() if count}

    def stack(self, columns: Mapping[str, Vector]) -> Matrix:
        """Return the matrix of columns given as float64, shape (n,), computing what is derived.

        Raises:
            InputError: An engineered feature is not given, and no formula in Python makes it.
        """
        absent = [name for name in self.engineered_names if name not in columns]
        if absent:
            require_formulas(absent)
            columns = engineered_columns(dict(columns)) | dict(columns)
        return np.column_stack([columns[name] for name in self.names])

    def typed(self, schema: "pa.Schema", matrix: Matrix) -> "FeatureContract":
        """Return the contract with the type of each feature of numbers as the table shows it.

        Args:
            schema: Schema of the table.
            matrix: Its features, shape (n, features).
        """
        import pyarrow as pa

        # what is computed is in no schema
        stored = {field.name: field.type for field in schema}

        def seen(position: int, feature: Feature) -> Feature:
            if feature.type == CATEGORY:
                return feature
            kind = stored.get(feature.name, pa.float64())
            return replace(feature, type=_type_of(kind, matrix[:, position]))

        return FeatureContract(tuple(seen(i, feature) for i, feature in enumerate(self.features)))

    def with_categories(self, found: Mapping[str, tuple[str, ...]]) -> "FeatureContract":
        """Return the contract with these features as texts of these categories."""
        return FeatureContract(
            tuple(
                replace(f, type=CATEGORY, categories=found[f.name]) if f.name in found else f
                for f in self.features
            )
        )

    def to_json(self) -> dict[str, Any]:
        """Return the contract as plain data."""
        return {"features": [asdict(feature) for feature in self.features]}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "FeatureContract":
        """Read a contract that `to_json` wrote.

        Raises:
            ArtifactError: It is not such a contract.
        """
        try:
            contract = FeatureContract(tuple(stored_feature(each) for each in data["features"]))
            if len(set(contract.names)) < len(contract.names):
                raise ValueError("a name stands twice")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                f"The feature contract cannot be read: {error}.",
                why="The trees would be fed other features than they learned from.",
                fix="Train again, or restore the artifact.",
            ) from error
        return contract


def project_contract(path: Path = CONTRACT_FILE) -> FeatureContract:
    """Read the project's features from the yml of the feature model.

    Raises:
        InputError: No such file, a feature without label or group, or an engineered one without
            its formula in Python.
    """
    import yaml

    if not path.is_file():
        raise InputError(
            "The feature contract of the project is not there.",
            where=str(path),
            fix="Run from a checkout of the repository, or train with --input.",
        )
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    columns = next(model["columns"] for model in models if model["name"] == FEATURE_MODEL)
    metas = [(column["name"], column.get("config", {}).get("meta", {})) for column in columns]
    features = [_declared(name, meta, path) for name, meta in metas if "feature" in meta]
    require_formulas([feature.name for feature in features if feature.kind == "engineered"])
    return FeatureContract(tuple(features))


def flat_contract(names: list[str]) -> FeatureContract:
    """Make a contract for columns of any flat table: each is its own explanation group."""
    return FeatureContract(tuple(Feature(n, "base", n.replace("_", " "), group=n) for n in names))


def table_contract(names: list[str], path: Path = CONTRACT_FILE) -> FeatureContract:
    """Make the contract for these columns of a table, in their order.

    Where they hold all base features of the project, those keep the project's declaration and the
    engineered features follow; every other column is its own explanation group.
    """
    if path.is_file():
        project = project_contract(path)
        if set(project.base_names) <= set(names):
            declared = {feature.name: feature for feature in project.features}
            wanted = dict.fromkeys([*names, *project.engineered_names])
            others = {f.name: f for f in flat_contract(list(wanted)).features}
            return FeatureContract(tuple((others | declared)[name] for name in wanted))
    return flat_contract(names)


def _declared(name: str, meta: dict[str, Any], path: Path) -> Feature:
    absent = [key for key in ("label", "group") if not meta.get(key)]
    if absent or meta["feature"] not in ("base", "engineered"):
        raise InputError(
            f"Feature {name} is not fully declared: {', '.join(absent) or 'meta.feature'}.",
            why="Explanations name it by its label and name features of one group once.",
            where=str(path),
            fix="Give the column meta: feature (base or engineered), label and group.",
        )
    sign = meta.get("sign", 0)
    if sign not in (-1, 0, 1):
        raise InputError(
            f"Feature {name} has the sign {sign!r}.",
            why="It binds the trees to a direction.",
            where=str(path),
            fix="Write 1 where more of it can only raise the score, -1 lower it, else nothing.",
        )
    return Feature(name, meta["feature"], meta["label"], meta["group"], sign=sign)


def _type_of(kind: "pa.DataType", values: Vector) -> str:
    import pyarrow as pa

    known = set(np.unique(values[~np.isnan(values)]).tolist())
    if pa.types.is_boolean(kind) or known == {0.0, 1.0}:
        return "flag"
    return "integer" if pa.types.is_integer(kind) else "number"


def _values(column: "pd.Series", feature: Feature) -> Vector:
    return _texts(column, feature) if feature.type == CATEGORY else _numbers(column, feature.name)


def _texts(column: "pd.Series", feature: Feature) -> Vector:
    import pandas as pd

    plain = column.astype(object).where(column.notna(), None)
    kind = pd.api.types.infer_dtype(plain, skipna=True)
    if kind not in TEXT_DTYPES:
        raise InputError(
            f"Feature {feature.name} holds {kind} values where texts must be.",
            where=f"the first is {plain.dropna().iloc[0]!r}",
            fix="Convert the column to texts; write null where a value is unknown.",
        )
    return category_numbers(plain.to_numpy(), feature.categories)


def _numbers(column: "pd.Series", name: str) -> Vector:
    import pandas as pd

    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind not in NUMBER_DTYPES:
        raise InputError(
            f"Feature {name} holds {kind} values where numbers must be.",
            where=f"the first is {column.dropna().iloc[0]!r}",
            fix="Convert the column to numbers; write null where a value is unknown.",
        )
    values: Vector = column.astype("object" if kind == "decimal" else column.dtype).to_numpy(
        "float64", na_value=np.nan
    )
    infinite = np.isinf(values)
    if infinite.any():
        raise InputError(
            f"Feature {name} is infinite in {int(infinite.sum())} rows.",
            why="It is mostly a division by zero, and the trees would take it for an extreme.",
            where=f"the first at index {column.index[int(infinite.argmax())]!r}",
            fix="Write null where the value is unknown.",
        )
    return values
