"""Sheets: rows of one or several kinds that are edited, pasted, imported, checked, and saved together."""
