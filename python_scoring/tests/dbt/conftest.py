"""What dbt knows of the project, from the build of the demo."""

from collections.abc import Iterator
from typing import Any


def models(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            yield node
