"""Limit policies and exceptions from limits, each by two people."""
