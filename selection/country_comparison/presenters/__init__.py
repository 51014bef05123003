"""Presentation of the comparison of countries."""
