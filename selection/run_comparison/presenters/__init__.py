"""Presentation of the comparison of two runs."""
