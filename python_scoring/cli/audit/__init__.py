"""Commands of `lead-scoring audit`."""
