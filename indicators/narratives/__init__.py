"""Narratives of the TIP Report, the data read from them, and analysts' verdicts."""
