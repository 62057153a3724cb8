"""Net 2: which source columns influence a feature, read from the SQL itself."""
