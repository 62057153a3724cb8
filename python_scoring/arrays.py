"""The kinds of NumPy arrays that pass between modules; each use documents the shape."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]  # one number a row, unknown as NaN
Matrix = NDArray[np.float64]  # rows by columns, unknown as NaN
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]  # counts, positions, numbers of groups
Days = NDArray[np.datetime64]  # datetime64[D]
Texts = NDArray[np.str_]
Objects = NDArray[np.object_]  # texts where some may be None
