"""Template tags of the selection."""
