"""Labelled leads: read, checked and split by date."""
