"""A vendor's delivery on DuckDB: which file is which source, whether it can be read, and as what."""
