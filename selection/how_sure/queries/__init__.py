"""Queries of the How sure page."""
