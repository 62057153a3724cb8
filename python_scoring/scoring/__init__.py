"""Scores leads: one, a file, or a relation of the warehouse."""
