"""Presenters of the pages of updates, and of the calendar."""
