"""What dbt knows of the project, from the build of the demo."""

from collections.abc import Iterator
from typing import Any

import pytest

from python_scoring.tests.conftest import Dbt


@pytest.fixture(scope="module")
def manifest(demo: Dbt) -> dict[str, Any]:
    return demo.manifest()


def models(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            yield node
