"""The full history of the invented world; the snapshot decides what is visible when."""
