"""The features: their contract, the engineered formulas, and a lead as a caller sends it."""
