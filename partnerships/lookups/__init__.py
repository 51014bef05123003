"""Queries and locks shared in the partnerships app."""
