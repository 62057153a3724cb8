"""Warehouses below SQL: the DuckDB file as programs share it, and the bytes that BigQuery would read."""
