"""Fixtures of the function's tests: its bundle, and the bundle served on loopback."""

from python_scoring.tests.support.served_function import bundle, served

__all__ = ["bundle", "served"]
