"""Texts, tables, and charts of this room."""
