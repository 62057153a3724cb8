"""The DuckDB file as programs share it: one writes, or several read."""
