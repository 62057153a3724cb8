"""Commands of `lead-scoring looker`."""
