"""Checks for leakage, called nets; docs/reference/nets.md explains them."""
