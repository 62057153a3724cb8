"""Warehouses below SQL: the DuckDB file as programs share it, the bytes that BigQuery reads."""
