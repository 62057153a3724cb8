"""Plants leaks into copies of the project, to show that the nets hold."""

from python_scoring.leakage.planted.catalogue import Leak, read_catalogue
from python_scoring.leakage.planted.nets import CAUGHT, NETS, NOT_RUN, PASSED
from python_scoring.leakage.planted.run import Verdict, plant_all

__all__ = ["CAUGHT", "NETS", "NOT_RUN", "PASSED", "Leak", "Verdict", "plant_all", "read_catalogue"]
