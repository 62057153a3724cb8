"""Net 5: features of any labelled table that are too good to be true."""
