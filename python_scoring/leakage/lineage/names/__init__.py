"""What a name in SQL stands for: relations, scopes, columns, keys, functions."""
