"""Queries on programs and plans."""
