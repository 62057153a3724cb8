"""What dbt would submit to Dataproc: the Python model as a script for Spark."""

from pathlib import Path

from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.fake_google import fake_google

PROFILE = """
lead_scoring:
  target: bigquery
  outputs:
    bigquery:
      {type: bigquery, method: oauth-secrets, token: none, project: some-project,
       dataset: ml_features, threads: 1, job_retries: 0, api_endpoint: "%s",
       gcs_bucket: no-such-bucket, compute_region: northamerica-northeast2}
"""


def submitted_script(folder: Path, registry: str) -> Path:
    """Let dbt run the model up to where it would submit it; return what it would submit."""
    with fake_google() as google:
        (folder / "profiles.yml").write_text(PROFILE % google.url)
        chosen = ["--no-populate-cache", "--select", "subject_scores"]
        chosen += ["--vars", f"{{model_registry: '{registry}'}}"]
        done = Dbt(folder).run("run", *chosen, STORAGE_EMULATOR_HOST=google.url)
    assert "404 GET" in done.stdout, done.stdout
    assert "/b/no-such-bucket" in done.stdout, "dbt stopped before it came to submitting"
    return folder / "target/run/lead_scoring/models/scoring/subject_scores.py"
