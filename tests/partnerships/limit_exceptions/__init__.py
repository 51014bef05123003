"""Limit exceptions."""
