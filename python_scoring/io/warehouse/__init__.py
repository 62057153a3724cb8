"""The warehouse of the current target: one protocol, on DuckDB and on BigQuery (decision 0018)."""
