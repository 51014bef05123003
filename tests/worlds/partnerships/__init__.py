"""Partnerships in each state, for tests."""
