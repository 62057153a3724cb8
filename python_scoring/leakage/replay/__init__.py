"""Net 3: features built from an earlier and a later delivery must be the same."""
