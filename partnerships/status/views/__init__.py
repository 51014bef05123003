"""Pages of steps and determinations."""
