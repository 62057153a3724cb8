"""Whether the scores in use are still right."""
