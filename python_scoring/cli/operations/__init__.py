"""Commands that deliver, measure cost or make invented data."""
