"""What happens in the invented world, whoever knows of it."""
