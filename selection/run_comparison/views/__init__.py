"""Pages of runs and their comparison."""
