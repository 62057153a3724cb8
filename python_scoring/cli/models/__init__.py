"""Commands of `lead-scoring models`."""
