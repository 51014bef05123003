"""Reads of this room."""
