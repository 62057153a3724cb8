"""Commands that score, list and explain."""
