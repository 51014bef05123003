"""Comparison of two runs or the rankings of two dates, with the cause of each movement."""
