"""Learns, scores and explains which advisors are likely to take a call."""
