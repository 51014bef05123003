"""Analysts' confirmation of narratives, tested."""
