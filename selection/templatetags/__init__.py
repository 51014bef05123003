"""Template tags of the selection app."""
