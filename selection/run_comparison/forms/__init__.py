"""Forms of the comparison of runs."""
