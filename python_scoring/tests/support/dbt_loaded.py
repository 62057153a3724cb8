"""What warm_dbt's server imports before it is copied: dbt, its libraries, its schemas of nodes.

No module here starts a thread of Python's or opens a connection when it is imported.
"""

import babel.dates
import dbt.adapters.bigquery
import dbt.adapters.duckdb.environments.local
import dbt.cli.main
import dbt.parser.schema_yaml_readers
import dbt.task.build
import pandas as pd
import pyarrow.pandas_compat
import pyarrow.parquet
import sklearn.linear_model
import xgboost as xgb
from dbt.contracts import project
from dbt.contracts.graph import nodes, unparsed

__all__ = ["babel", "dbt", "pd", "pyarrow", "sklearn", "xgb"]

# dbt derives the schema of a class, by which it checks each node, when it meets the first one.
for kind in (
    nodes.AnalysisNode,
    nodes.GenericTestNode,
    nodes.HookNode,
    nodes.ModelNode,
    nodes.SeedNode,
    nodes.SingularTestNode,
    project.Configuration,
    project.ProfileConfig,
    project.Project,
    project.ProjectFlags,
    unparsed.UnparsedAnalysisUpdate,
    unparsed.UnparsedExposure,
    unparsed.UnparsedGroup,
    unparsed.UnparsedModelUpdate,
    unparsed.UnparsedNodeUpdate,
    unparsed.UnparsedSourceDefinition,
    unparsed.UnparsedUnitTest,
):
    kind.json_schema()
