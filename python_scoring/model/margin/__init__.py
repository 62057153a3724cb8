"""The trees of a model: what they learn from, their margins, and what each feature gave."""
