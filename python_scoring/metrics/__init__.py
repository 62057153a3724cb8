"""How well scores rank and how well they are calibrated, with intervals."""
