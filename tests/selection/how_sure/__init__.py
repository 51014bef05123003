"""Confidence in a ranking."""
