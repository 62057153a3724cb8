"""Net 5: features of any labelled table that predict too well to be honest."""
