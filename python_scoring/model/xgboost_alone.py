"""XGBoost without scikit-learn, which it imports for estimator classes that nobody here uses.

Most of the start of a command that scores would go to it (decision 0032). What needs scikit-learn
itself, as training does, imports it as ever.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["xgb"]


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Let imports of the module fail as if it were not installed, unless it was imported before."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


with _hidden("sklearn"):
    import xgboost as xgb
