"""Plants leaks into copies of the project, to show that the nets hold."""
