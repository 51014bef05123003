"""Tip recommendations."""
