"""Where SQL comes from: a dbt project's manifest, or loose files."""
