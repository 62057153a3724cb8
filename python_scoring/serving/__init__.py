"""Scoring on request, over HTTP: what `cloud_function/main.py` answers with."""
