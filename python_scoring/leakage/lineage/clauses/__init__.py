"""Reads one clause of SQL at a time: expressions, joins, projections, set operations, queries."""
