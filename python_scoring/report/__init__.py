"""The report on one model: what it is worth, how sure that is, and what it must not be used for."""
