"""Data on countries, each value with its publisher, edition, and cell."""
