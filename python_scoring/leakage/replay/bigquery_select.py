"""Runs selects where dbt's profile points, with dbt's own login."""

import os
from argparse import Namespace
from typing import Any

import pyarrow as pa

from python_scoring.errors import WarehouseError
from python_scoring.leakage.replay.compare import Select


def open_select() -> tuple[Select, str]:
    """Return what runs a select on BigQuery, and the project that dbt builds in.

    Raises:
        WarehouseError: No such target, one of another engine, or no credentials for it.
    """
    from dbt.adapters.bigquery.clients import create_bigquery_client
    from dbt.adapters.bigquery.credentials import create_google_credentials
    from dbt.config.runtime import load_profile
    from dbt.flags import set_from_args
    from dbt_common.context import set_invocation_context
    from dbt_common.exceptions import DbtBaseException
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.bigquery import QueryJobConfig
    from requests import RequestException

    failures = (DbtBaseException, GoogleAPIError, GoogleAuthError, RequestException)
    target, folder = os.environ["LEAD_SCORING_TARGET"], os.environ.get("DBT_PROFILES_DIR", ".")
    try:
        set_invocation_context(os.environ)
        set_from_args(Namespace(PROFILES_DIR=folder), {})
        credentials: Any = load_profile(".", {}, target_override=target).credentials
        # first: where there are none, dbt's own client would start a login in a browser
        create_google_credentials(credentials)
        client = create_bigquery_client(credentials)
    except failures as error:
        raise _refused(error, target) from error
    config = QueryJobConfig(maximum_bytes_billed=credentials.maximum_bytes_billed or None)

    def select(sql: str) -> pa.Table:
        try:
            rows = client.query(sql, job_config=config).result()
            return rows.to_arrow(create_bqstorage_client=False)
        except failures as error:
            raise _refused(error, credentials.database) from error

    return select, str(credentials.database)


def _refused(error: Exception, place: str) -> WarehouseError:
    return WarehouseError(
        f"BigQuery cannot be asked: {' '.join(str(error).split())[:300]}",
        why="Both builds are compared where they lie.",
        where=place,
        fix="`dbt debug` says what is missing: target, credentials, project or network.",
    )
