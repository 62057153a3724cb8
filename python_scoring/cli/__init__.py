"""The `lead-scoring` command: parses, calls the packages below, prints."""
