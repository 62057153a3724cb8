"""A vendor's delivery on DuckDB: which file is which source, and how it is read."""
