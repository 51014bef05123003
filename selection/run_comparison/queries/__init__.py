"""Reads of the comparison of runs."""
