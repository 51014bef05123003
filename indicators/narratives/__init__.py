"""Narratives of the TIP Report, what was read from them, and the analyst's verdict."""
